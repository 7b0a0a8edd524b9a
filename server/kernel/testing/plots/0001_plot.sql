create table plots.plot (plot integer constraint plot_once primary key);
create table plots.guess (n integer not null);
create table plots.heard (plot integer primary key);
