-- What practitioners can do: skills and languages that each says of themself, training that somebody else records with a last day.

CREATE TABLE practitioner_skill (
  area_id BIGINT NOT NULL,
  skill_id UUID NOT NULL,
  practitioner_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('skill', 'language', 'training')),
  code TEXT NOT NULL CHECK (code <> ''),
  valid_until TEXT,
  recorded_at BIGINT NOT NULL,
  recorded_by UUID NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (area_id, skill_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, recorded_by) REFERENCES practitioner (area_id, practitioner_id),
  -- Training ends on a day, and nobody records their own.
  CHECK ((kind = 'training') = (valid_until IS NOT NULL)),
  CHECK (kind <> 'training' OR recorded_by <> practitioner_id)
);

CREATE UNIQUE INDEX practitioner_skill_now ON practitioner_skill (area_id, practitioner_id, kind, code) WHERE ended_at IS NULL;
CREATE INDEX practitioner_skill_of ON practitioner_skill (area_id, kind, code) WHERE ended_at IS NULL;
