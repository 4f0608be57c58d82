-- One plan a family: what is done, by whom, until when; what is left for now, and why; how it goes.

CREATE TABLE plan (
  area_id BIGINT NOT NULL,
  plan_id UUID NOT NULL,
  family_id UUID NOT NULL,
  begun_by UUID NOT NULL,
  begun_at BIGINT NOT NULL,
  review_on TEXT NOT NULL,
  closed_at BIGINT,
  closed_by UUID,
  closed_words TEXT NOT NULL DEFAULT '',
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, plan_id),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, begun_by) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((closed_at IS NULL) = (closed_by IS NULL)),
  CHECK (closed_at IS NULL OR closed_words <> '')
);

CREATE UNIQUE INDEX plan_open_once ON plan (area_id, family_id) WHERE closed_at IS NULL;
CREATE INDEX plan_of_family ON plan (area_id, family_id, begun_at);
CREATE INDEX plan_due ON plan (area_id, review_on) WHERE closed_at IS NULL;

-- Everything in a plan. An action that is open has somebody who answers for it, and a day.
CREATE TABLE plan_entry (
  area_id BIGINT NOT NULL,
  entry_id UUID NOT NULL,
  plan_id UUID NOT NULL,
  person_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('action', 'not_now', 'review', 'progress')),
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'confidential', 'sensitive_service', 'restricted')),
  agency_id UUID NOT NULL,
  author_id UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  need_id UUID,
  words TEXT NOT NULL CHECK (words <> '' OR kind = 'progress'),
  side TEXT NOT NULL CHECK (side IN ('support', 'enforcement')),
  scale TEXT NOT NULL CHECK ((scale <> '') = (kind = 'progress')),
  owner_id UUID,
  by_on TEXT,
  held_on TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'dropped', 'kept')),
  ended_at BIGINT,
  ended_by UUID,
  ended_words TEXT NOT NULL DEFAULT '',
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, entry_id),
  FOREIGN KEY (area_id, plan_id) REFERENCES plan (area_id, plan_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((state = 'kept') = (kind <> 'action')),
  CHECK (state <> 'open' OR (owner_id IS NOT NULL AND by_on IS NOT NULL)),
  CHECK ((ended_at IS NULL) = (state IN ('open', 'kept'))),
  CHECK (state <> 'dropped' OR ended_words <> ''),
  CHECK (kind <> 'not_now' OR need_id IS NOT NULL),
  CHECK (kind <> 'progress' OR need_id IS NOT NULL)
);

CREATE INDEX plan_entry_of ON plan_entry (area_id, plan_id, recorded_at);
CREATE INDEX plan_entry_of_person ON plan_entry (area_id, person_id, recorded_at);
CREATE INDEX plan_entry_owned ON plan_entry (area_id, owner_id, by_on) WHERE state = 'open';

-- Who of the family does it, where it is not the practitioner who answers for it.
CREATE TABLE plan_doer (
  area_id BIGINT NOT NULL,
  entry_id UUID NOT NULL,
  person_id UUID NOT NULL,
  PRIMARY KEY (area_id, entry_id),
  FOREIGN KEY (area_id, entry_id) REFERENCES plan_entry (area_id, entry_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id)
);

CREATE INDEX plan_doer_of ON plan_doer (area_id, person_id);
