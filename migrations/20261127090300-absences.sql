-- When practitioners are away, and who covers for each: nobody is away without somebody who does.

CREATE TABLE absence (
  area_id BIGINT NOT NULL,
  absence_id UUID NOT NULL,
  practitioner_id UUID NOT NULL,
  from_on TEXT NOT NULL,
  to_on TEXT NOT NULL,
  cover_id UUID NOT NULL,
  words TEXT NOT NULL DEFAULT '',
  recorded_by UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  ended_at BIGINT,
  ended_by UUID,
  PRIMARY KEY (area_id, absence_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, cover_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, recorded_by) REFERENCES practitioner (area_id, practitioner_id),
  CHECK (cover_id <> practitioner_id),
  CHECK (from_on <= to_on),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);

CREATE INDEX absence_of ON absence (area_id, practitioner_id, to_on) WHERE ended_at IS NULL;
CREATE INDEX absence_covered_by ON absence (area_id, cover_id, to_on) WHERE ended_at IS NULL;
