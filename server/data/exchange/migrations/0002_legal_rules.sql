-- Days and extensions are configurable defaults: the articles set a limit, but no text we hold settles the number beyond doubt.
insert into kernel.legal_rule (code, effective_from, effective_to, title_zh, title_en, basis, days, unit, extension_days, certain) values
  ('exchange.answer.unconditional', '2025-08-01', null, '答复无条件共享申请', 'Answer a request for data shared unconditionally',
    '《政务数据共享条例》（国务院令第809号）第二十一条', 1, 'workday', 10, false),
  ('exchange.answer.conditional', '2025-08-01', null, '答复有条件共享申请', 'Answer a request for data shared on conditions',
    '《政务数据共享条例》（国务院令第809号）第二十一条', 10, 'workday', 10, false),
  ('exchange.deliver', '2025-08-01', null, '同意后提供共享数据', 'Share the data after consent',
    '《政务数据共享条例》（国务院令第809号）第二十四条', 20, 'workday', 0, false);
