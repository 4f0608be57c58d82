-- How one of a family is worked with: how they are best met, and the balance of support and challenge that is agreed with them. The latest of
-- each that a reader may read holds for them; what was said before stays.

CREATE TABLE way (
  area_id BIGINT NOT NULL,
  way_id UUID NOT NULL,
  family_id UUID NOT NULL,
  person_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('approach', 'balance')),
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'confidential', 'sensitive_service')),
  agency_id UUID NOT NULL,
  author_id UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  who_goes TEXT NOT NULL,
  trusted TEXT NOT NULL,
  when_where TEXT NOT NULL,
  language TEXT NOT NULL,
  avoid TEXT NOT NULL,
  mix TEXT NOT NULL,
  support TEXT NOT NULL,
  expected TEXT NOT NULL,
  otherwise TEXT NOT NULL,
  agreed_with TEXT NOT NULL,
  PRIMARY KEY (area_id, way_id),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((kind = 'balance') = (mix <> '')),
  CHECK (kind = 'approach' OR (who_goes = '' AND trusted = '' AND when_where = '' AND language = '' AND avoid = '')),
  CHECK (kind = 'balance' OR (support = '' AND expected = '' AND otherwise = '' AND agreed_with = ''))
);

CREATE INDEX way_of ON way (area_id, family_id, recorded_at);
CREATE INDEX way_of_person ON way (area_id, person_id, recorded_at);
