-- First versions of the code tables. A line of a table: code | Chinese name | English name | code above it.
create function standards.seed(name text, title_zh text, title_en text, source text, certain boolean, lines text) returns void language sql as $$
  with line as (
    select string_to_array(text, '|') as part, row_number() over (order by n) as position
    from regexp_split_to_table(trim(both e'\n' from lines), e'\n') with ordinality as l(text, n)
  ), published as (
    insert into standards.code_table
    select name, 1, title_zh, title_en, source, certain, (now() at time zone 'Asia/Shanghai')::date, count(*) from line
  )
  insert into standards.code
  select name, 1, position, part[1], part[2], part[3], part[4], null from line
$$;

select standards.seed('sex', '人的性别代码', 'Sex', 'GB/T 2261.1-2003', true, '
0|未知的性别|Unknown
1|男性|Male
2|女性|Female
9|未说明的性别|Not stated');

select standards.seed('marital_state', '婚姻状况代码', 'Marital state', 'GB/T 2261.2-2003', true, '
10|未婚|Never married
20|已婚|Married
21|初婚|First marriage|20
22|再婚|Remarried|20
23|复婚|Remarried to the same spouse|20
30|丧偶|Widowed
40|离婚|Divorced
90|未说明的婚姻状况|Not stated');

select standards.seed('ethnicity', '中国各民族代码', 'Ethnic group', 'GB/T 3304-1991', true, '
01|汉族|Han
02|蒙古族|Mongol
03|回族|Hui
04|藏族|Zang
05|维吾尔族|Uygur
06|苗族|Miao
07|彝族|Yi
08|壮族|Zhuang
09|布依族|Buyei
10|朝鲜族|Chosen
11|满族|Man
12|侗族|Dong
13|瑶族|Yao
14|白族|Bai
15|土家族|Tujia
16|哈尼族|Hani
17|哈萨克族|Kazak
18|傣族|Dai
19|黎族|Li
20|傈僳族|Lisu
21|佤族|Va
22|畲族|She
23|高山族|Gaoshan
24|拉祜族|Lahu
25|水族|Sui
26|东乡族|Dongxiang
27|纳西族|Naxi
28|景颇族|Jingpo
29|柯尔克孜族|Kirgiz
30|土族|Tu
31|达斡尔族|Daur
32|仫佬族|Mulao
33|羌族|Qiang
34|布朗族|Blang
35|撒拉族|Salar
36|毛南族|Maonan
37|仡佬族|Gelao
38|锡伯族|Xibe
39|阿昌族|Achang
40|普米族|Pumi
41|塔吉克族|Tajik
42|怒族|Nu
43|乌孜别克族|Uzbek
44|俄罗斯族|Russ
45|鄂温克族|Ewenki
46|德昂族|Deang
47|保安族|Bonan
48|裕固族|Yugur
49|京族|Gin
50|塔塔尔族|Tatar
51|独龙族|Derung
52|鄂伦春族|Oroqen
53|赫哲族|Hezhen
54|门巴族|Monba
55|珞巴族|Lhoba
56|基诺族|Jino
97|其他|Other
98|外国血统中国籍人士|Chinese national of foreign descent');

select standards.seed('industry_section', '国民经济行业门类', 'Industry section', 'GB/T 4754-2017', true, '
A|农、林、牧、渔业|Agriculture, forestry, animal husbandry and fishery
B|采矿业|Mining
C|制造业|Manufacturing
D|电力、热力、燃气及水生产和供应业|Electricity, heat, gas and water supply
E|建筑业|Construction
F|批发和零售业|Wholesale and retail trade
G|交通运输、仓储和邮政业|Transport, storage and post
H|住宿和餐饮业|Accommodation and catering
I|信息传输、软件和信息技术服务业|Information transmission, software and IT services
J|金融业|Finance
K|房地产业|Real estate
L|租赁和商务服务业|Leasing and business services
M|科学研究和技术服务业|Research and technical services
N|水利、环境和公共设施管理业|Water, environment and public facilities
O|居民服务、修理和其他服务业|Household, repair and other services
P|教育|Education
Q|卫生和社会工作|Health and social work
R|文化、体育和娱乐业|Culture, sports and entertainment
S|公共管理、社会保障和社会组织|Public administration, social security and social organisations
T|国际组织|International organisations');

select standards.seed('uscc_registration', '统一社会信用代码登记管理部门与机构类别', 'USCC registering authority and kind of body', 'GB 32100-2015', true, '
1|机构编制|Staffing authority
11|机关|Organ of state|1
12|事业单位|Public institution|1
13|编办直接管理机构编制的群众团体|Mass organisation staffed directly|1
19|其他|Other|1
2|外交|Foreign affairs
21|外国常驻新闻机构|Resident foreign news agency|2
29|其他|Other|2
3|司法行政|Justice administration
31|律师执业机构|Law firm|3
32|公证处|Notary office|3
33|基层法律服务所|Local legal service|3
34|司法鉴定机构|Forensic institution|3
35|仲裁委员会|Arbitration commission|3
39|其他|Other|3
4|文化|Culture
41|外国在华文化中心|Foreign cultural centre|4
49|其他|Other|4
5|民政|Civil affairs
51|社会团体|Association|5
52|民办非企业单位|Private non-enterprise unit|5
53|基金会|Foundation|5
59|其他|Other|5
6|旅游|Tourism
61|外国旅游部门常驻代表机构|Foreign tourism representation|6
62|港澳台旅游部门常驻内地（大陆）代表机构|Tourism representation of Hong Kong, Macao or Taiwan|6
69|其他|Other|6
7|宗教|Religion
71|宗教活动场所|Place of religious activity|7
72|宗教院校|Religious school|7
79|其他|Other|7
8|工会|Trade unions
81|基层工会|Local trade union|8
89|其他|Other|8
9|市场监督管理|Market supervision
91|企业|Enterprise|9
92|个体工商户|Sole trader|9
93|农民专业合作社|Farmers’ cooperative|9
A|中央军委改革和编制办公室|Military staffing authority
A1|军队事业单位|Military institution|A
A9|其他|Other|A
N|农业|Agriculture
N1|组级集体经济组织|Group collective|N
N2|村级集体经济组织|Village collective|N
N3|乡镇级集体经济组织|Town collective|N
N9|其他|Other|N
Y|其他|Other
Y1|其他|Other|Y');

select standards.seed('entity_state', '市场主体登记状态', 'State of a legal entity', '市场监管登记数据的通行取值，以登记机关为准', false, '
1|存续（在营、开业、在册）|In business
2|吊销，未注销|Licence revoked, not deregistered
3|吊销，已注销|Licence revoked and deregistered
4|注销|Deregistered
5|撤销|Registration annulled
6|迁出|Moved away');

select standards.seed('entity_type', '市场主体类型', 'Type of legal entity', '市场监管登记数据的通行取值，以登记机关为准', false, '
1000|内资公司|Domestic company
1100|有限责任公司|Limited liability company|1000
1110|有限责任公司（国有独资）|Limited liability company, wholly state-owned|1100
1130|有限责任公司（自然人投资或控股）|Limited liability company, held by natural persons|1100
1140|有限责任公司（国有控股）|Limited liability company, state-held|1100
1150|一人有限责任公司|One-person limited liability company|1100
1151|有限责任公司（自然人独资）|Limited liability company, one natural person|1150
1152|有限责任公司（自然人投资或控股的法人独资）|Limited liability company, one legal person held by natural persons|1150
1153|有限责任公司（非自然人投资或控股的法人独资）|Limited liability company, one legal person not held by natural persons|1150
1190|其他有限责任公司|Other limited liability company|1100
1200|股份有限公司|Joint-stock company|1000
1210|股份有限公司（上市）|Joint-stock company, listed|1200
1220|股份有限公司（非上市）|Joint-stock company, not listed|1200
1222|股份有限公司（非上市、自然人投资或控股）|Joint-stock company, not listed, held by natural persons|1220
2000|内资分公司|Branch of a domestic company
3000|内资企业法人|Domestic enterprise as legal person
3100|全民所有制|Owned by the whole people|3000
3200|集体所有制|Collectively owned|3000
3400|股份合作制|Joint-stock cooperative|3000
4000|内资非法人企业|Domestic enterprise without legal personality
4530|合伙企业|Partnership|4000
4531|普通合伙企业|General partnership|4530
4532|特殊普通合伙企业|Special general partnership|4530
4533|有限合伙企业|Limited partnership|4530
4540|个人独资企业|Sole proprietorship|4000
5000|外商投资企业|Foreign-invested enterprise
6000|港、澳、台商投资企业|Enterprise invested from Hong Kong, Macao or Taiwan
7000|外国（地区）企业|Foreign enterprise
9100|农民专业合作社|Farmers’ cooperative
9200|农民专业合作社分支机构|Branch of a farmers’ cooperative
9500|个体工商户|Sole trader');

select standards.seed('currency', '表示货币的代码', 'Currency', 'GB/T 12406（ISO 4217）', true, '
CNY|人民币|Chinese yuan
USD|美元|US dollar
EUR|欧元|Euro
HKD|港元|Hong Kong dollar
JPY|日元|Japanese yen');

select standards.seed('share_type', '共享类型', 'Share type', '国发〔2016〕51号', true, '
1|无条件共享|Shared without condition
2|有条件共享|Shared on conditions
3|不予共享|Not shared');

select standards.seed('open_type', '开放类型', 'Open type', '公共数据开放目录的通行取值', true, '
1|无条件开放|Open without condition
2|有条件开放|Open on conditions
3|不予开放|Not open');

select standards.seed('update_cycle', '更新周期', 'Update cycle', '平台中性取值：各地代码不一，对接时换算', false, '
realtime|实时|Real time
daily|每日|Daily
weekly|每周|Weekly
monthly|每月|Monthly
quarterly|每季度|Quarterly
half_yearly|每半年|Half-yearly
yearly|每年|Yearly
irregular|不定期|Irregular');

select standards.seed('resource_format', '信息资源格式', 'Format of a resource', '发改高技〔2017〕1272号', true, '
1|电子文件|Document
2|电子表格|Spreadsheet
3|数据库|Database
4|图形图像|Image
5|流媒体|Streaming media
6|自描述格式|Self-describing format
7|服务接口|Service interface');

select standards.seed('item_type', '信息项数据类型', 'Type of an information item', '发改高技〔2017〕1272号', true, '
C|字符型|Text
N|数值型|Number
Y|货币型|Money
D|日期型|Date
T|日期时间型|Date and time
L|逻辑型|Yes or no
M|备注型|Long text
G|通用型|Binary
B|双精度型|Double precision
I|整型|Whole number
F|浮点型|Floating point');

select standards.seed('data_grade', '数据分级', 'Data grade', '《数据安全法》第二十一条', true, '
1|一般数据|General
2|重要数据|Important
3|核心数据|Core');

select standards.seed('purpose_kind', '数据使用目的', 'Kind of purpose', '平台约定，可按本地要求发布新版本', false, '
service|政务服务|Government service
supervision|监督管理|Supervision
decision|决策支持|Decision support
statistics|统计分析|Statistics
other|其他|Other');

drop function standards.seed;
