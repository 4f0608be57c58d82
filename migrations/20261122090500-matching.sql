-- Who may be the same person: keys that people are looked up by, and what was counted and estimated.

CREATE TABLE person_key (
  area_id BIGINT NOT NULL,
  link_key BIGINT NOT NULL,
  person_id UUID NOT NULL,
  PRIMARY KEY (area_id, link_key, person_id)
);

CREATE TABLE match_known (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  known_id UUID NOT NULL,
  made_at BIGINT NOT NULL,
  records BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (area_id, known_id)
);
