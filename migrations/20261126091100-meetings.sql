-- The team around a family meets: who is invited, who came, what was said. What comes of it stands in the plan.

CREATE TABLE meeting (
  area_id BIGINT NOT NULL,
  meeting_id UUID NOT NULL,
  family_id UUID NOT NULL,
  person_id UUID NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'sensitive_service')),
  agency_id UUID NOT NULL,
  convener_id UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  planned_on TEXT NOT NULL,
  planned_time TEXT NOT NULL DEFAULT '',
  place TEXT NOT NULL DEFAULT '',
  about TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('planned', 'held', 'cancelled')),
  held_on TEXT,
  others TEXT NOT NULL DEFAULT '',
  words TEXT NOT NULL DEFAULT '',
  ended_at BIGINT,
  ended_by UUID,
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, meeting_id),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, convener_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, ended_by) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((state = 'held') = (held_on IS NOT NULL)),
  CHECK ((state = 'planned') = (ended_at IS NULL)),
  CHECK ((state = 'planned') = (ended_by IS NULL)),
  CHECK (state = 'planned' OR words <> '')
);

CREATE INDEX meeting_of ON meeting (area_id, family_id, planned_on);
CREATE INDEX meeting_of_person ON meeting (area_id, person_id);
CREATE INDEX meeting_due ON meeting (area_id, planned_on) WHERE state = 'planned';
CREATE INDEX meeting_convened ON meeting (area_id, convener_id, planned_on) WHERE state = 'planned';

-- Practitioners who are invited.
CREATE TABLE meeting_invited (
  area_id BIGINT NOT NULL,
  meeting_id UUID NOT NULL,
  practitioner_id UUID NOT NULL,
  answer TEXT NOT NULL DEFAULT 'asked' CHECK (answer IN ('asked', 'coming', 'not_coming')),
  answer_words TEXT NOT NULL DEFAULT '',
  came BIGINT NOT NULL DEFAULT 0 CHECK (came IN (0, 1)),
  PRIMARY KEY (area_id, meeting_id, practitioner_id),
  FOREIGN KEY (area_id, meeting_id) REFERENCES meeting (area_id, meeting_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX meeting_invited_who ON meeting_invited (area_id, practitioner_id);

-- Whoever of the family is invited. The place tells apart two rows of people who are one.
CREATE TABLE meeting_person (
  area_id BIGINT NOT NULL,
  meeting_id UUID NOT NULL,
  place BIGINT NOT NULL,
  person_id UUID NOT NULL,
  came BIGINT NOT NULL DEFAULT 0 CHECK (came IN (0, 1)),
  PRIMARY KEY (area_id, meeting_id, place),
  FOREIGN KEY (area_id, meeting_id) REFERENCES meeting (area_id, meeting_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id)
);

CREATE INDEX meeting_person_of ON meeting_person (area_id, person_id);
