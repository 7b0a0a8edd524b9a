-- Whoever asks for data may doubt them; the liaison answers for the unit; the data authority reviews.
update organizations.post set rights = rights || '{objections.raise,objections.handle}' where code = 'liaison';
update organizations.post set rights = rights || '{objections.raise}' where code = 'cataloguer';
update organizations.post set rights = rights || '{objections.review}' where code = 'bureau_officer';
