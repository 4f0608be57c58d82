-- What is done if things get worse: agreed beforehand, with the family.

CREATE TABLE contingency (
  area_id BIGINT NOT NULL,
  contingency_id UUID NOT NULL,
  family_id UUID NOT NULL,
  person_id UUID NOT NULL,
  situation TEXT NOT NULL CHECK (situation <> ''),
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'confidential', 'sensitive_service')),
  agency_id UUID NOT NULL,
  author_id UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  who_does TEXT NOT NULL CHECK (who_does <> ''),
  call_first TEXT NOT NULL CHECK (call_first <> ''),
  children_know TEXT NOT NULL DEFAULT '',
  agreed_with TEXT NOT NULL DEFAULT '',
  ended_at BIGINT,
  ended_by UUID,
  ended_words TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (area_id, contingency_id),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, ended_by) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
  CHECK (ended_at IS NULL OR ended_words <> '')
);

CREATE INDEX contingency_of ON contingency (area_id, family_id, recorded_at);
CREATE INDEX contingency_of_person ON contingency (area_id, person_id);
