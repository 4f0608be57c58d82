-- Visits, appointments, calls, messages and letters: planned, and what came of them. A family that was not met is tried again.

CREATE TABLE visit (
  area_id BIGINT NOT NULL,
  visit_id UUID NOT NULL,
  person_id UUID NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('home', 'appointment', 'doorstep', 'call', 'message', 'letter')),
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'confidential', 'sensitive_service', 'restricted')),
  agency_id UUID NOT NULL,
  author_id UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  owner_id UUID NOT NULL,
  planned_on TEXT NOT NULL,
  planned_time TEXT NOT NULL DEFAULT '',
  approach TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('planned', 'done', 'missed', 'refused', 'cancelled')),
  happened_on TEXT,
  words TEXT NOT NULL DEFAULT '',
  ended_at BIGINT,
  ended_by UUID,
  next_id UUID,
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, visit_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, ended_by) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, next_id) REFERENCES visit (area_id, visit_id),
  CHECK ((state = 'planned') = (happened_on IS NULL)),
  CHECK ((state = 'planned') = (ended_at IS NULL)),
  CHECK ((state = 'planned') = (ended_by IS NULL)),
  CHECK (state = 'planned' OR words <> ''),
  -- A family that did not open the door is tried again: the database refuses to let it rest.
  CONSTRAINT visit_is_tried_again CHECK (state NOT IN ('missed', 'refused') OR next_id IS NOT NULL)
);

CREATE INDEX visit_owned ON visit (area_id, owner_id, planned_on) WHERE state = 'planned';
CREATE INDEX visit_due ON visit (area_id, planned_on) WHERE state = 'planned';
CREATE INDEX visit_next ON visit (area_id, next_id) WHERE next_id IS NOT NULL;
CREATE INDEX visit_of_person ON visit (area_id, person_id, recorded_at);

-- Whom a visit is about, whether they were met, and what they said of how they are. The place tells apart two rows of people who are one.
CREATE TABLE visit_person (
  area_id BIGINT NOT NULL,
  visit_id UUID NOT NULL,
  place BIGINT NOT NULL,
  person_id UUID NOT NULL,
  is_met BIGINT NOT NULL DEFAULT 0 CHECK (is_met IN (0, 1)),
  view TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (area_id, visit_id, place),
  FOREIGN KEY (area_id, visit_id) REFERENCES visit (area_id, visit_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  CHECK (view = '' OR is_met = 1)
);

CREATE INDEX visit_person_of ON visit_person (area_id, person_id, is_met);
