ALTER TABLE member ADD PRIMARY KEY (id);
CREATE UNIQUE INDEX member_email ON member (email);
CREATE INDEX member_lower_email ON member (lower(email));
CREATE INDEX member_country_city ON member (country, city);
CREATE INDEX member_joined ON member (joined DESC);
CREATE INDEX member_balance ON member (balance);
CREATE INDEX member_blocked ON member (joined) WHERE status = 'blocked';
CREATE INDEX member_tags ON member USING gin (tags);
CREATE INDEX member_attributes ON member USING gin (attributes);
CREATE INDEX member_attributes_paths ON member USING gin (attributes jsonb_path_ops);
CREATE INDEX member_email_hash ON member USING hash (email);
CREATE INDEX member_born ON member (born);
CREATE INDEX member_token ON member (token);
CREATE INDEX member_active ON member (active);
CREATE INDEX member_rating ON member (rating);
CREATE INDEX member_address ON member (address);
CREATE INDEX member_city_pattern ON member (city text_pattern_ops);

ALTER TABLE purchase ADD PRIMARY KEY (id);
ALTER TABLE purchase ADD FOREIGN KEY (member_id) REFERENCES member (id);
CREATE INDEX purchase_member ON purchase (member_id);
CREATE INDEX purchase_member_day ON purchase (member_id, day) INCLUDE (amount);
CREATE INDEX purchase_day ON purchase (day);
CREATE INDEX purchase_day_brin ON purchase USING brin (day);
CREATE INDEX purchase_shipped_brin ON purchase USING brin (shipped) WITH (pages_per_range = 1);
CREATE INDEX purchase_pending ON purchase (member_id) WHERE state = 'pending';
CREATE INDEX purchase_amount ON purchase (amount);
CREATE INDEX purchase_month ON purchase ((date_trunc('month', shipped)));

ALTER TABLE reading ADD PRIMARY KEY (id, at);
CREATE INDEX reading_at ON reading (at);
CREATE INDEX reading_sensor ON reading (sensor, at);
CREATE INDEX reading_rain ON reading (sensor) WHERE kind = 'rain';

CREATE INDEX place_at_gist ON place USING gist (at);
CREATE INDEX place_at_spgist ON place USING spgist (at);
CREATE INDEX place_open ON place USING gist (open);
CREATE INDEX place_levels ON place USING gist (levels);
CREATE INDEX place_label ON place USING spgist (label);
CREATE INDEX article_words ON article USING gin (words);
CREATE INDEX article_category ON article (category);
CREATE INDEX animal_kind ON animal (kind);
CREATE INDEX cat_kind ON cat (kind);
CREATE INDEX dog_kind ON dog (kind);
CREATE INDEX moving_k ON moving (k);
CREATE INDEX moving_words ON moving USING gin (to_tsvector('simple', v));
CREATE INDEX never_analyzed_k ON never_analyzed (k);
CREATE INDEX never_analyzed_part ON never_analyzed (k) WHERE v > 'b';
CREATE INDEX emptied_k ON emptied (k);
CREATE INDEX "Größe select" ON "Odd Names"."Größe" ("select");

-- Equal costs: the order of OIDs decides, and a copy is made in the order of names.
CREATE INDEX zz_tie ON tie (a);
CREATE INDEX aa_tie ON tie (a);
CREATE INDEX mm_tie ON tie (a) INCLUDE (d);
CREATE STATISTICS z_tie (mcv) ON a, b FROM tie;
CREATE STATISTICS a_tie (mcv) ON b, c FROM tie;

CREATE STATISTICS member_place (ndistinct, dependencies, mcv) ON country, city FROM member;
CREATE STATISTICS member_country_status (mcv) ON country, status FROM member;
CREATE STATISTICS purchase_place (ndistinct, dependencies, mcv) ON region, district, state FROM purchase;
CREATE STATISTICS purchase_expressions ON (quantity % 5), (lower(region)) FROM purchase;
CREATE STATISTICS purchase_mixed (mcv, ndistinct) ON (quantity % 5), region FROM purchase;
CREATE STATISTICS animal_kind_id ON kind, id FROM animal;
CREATE STATISTICS reading_kind_sensor ON kind, sensor FROM reading;
CREATE STATISTICS "Odd Names".purchase_place (ndistinct) ON "select", tie FROM "Odd Names"."Größe";

CREATE MATERIALIZED VIEW country_total AS SELECT country, city, count(*) AS members, sum(balance) AS balance FROM member GROUP BY 1, 2;
CREATE INDEX country_total_members ON country_total (members);
