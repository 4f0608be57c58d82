-- Support for a family ends: somebody asks, with why and what goes on without it; where a family was not reached, a manager agrees or does not.

ALTER TABLE family ADD COLUMN closed_at BIGINT;

CREATE TABLE closing (
  area_id BIGINT NOT NULL,
  closing_id UUID NOT NULL,
  family_id UUID NOT NULL,
  person_id UUID NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'sensitive_service')),
  agency_id UUID NOT NULL,
  author_id UUID NOT NULL,
  asked_at BIGINT NOT NULL,
  -- Who leads while it is asked.
  lead_id UUID NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''),
  words TEXT NOT NULL CHECK (words <> ''),
  goes_on TEXT NOT NULL CHECK (goes_on <> ''),
  differently TEXT NOT NULL DEFAULT '',
  told TEXT NOT NULL CHECK (told IN ('agreed', 'told', 'not_told')),
  told_words TEXT NOT NULL DEFAULT '',
  needs_manager BIGINT NOT NULL CHECK (needs_manager IN (0, 1)),
  state TEXT NOT NULL CHECK (state IN ('asked', 'agreed', 'declined', 'withdrawn')),
  decide_by TEXT,
  decided_by UUID,
  decided_at BIGINT,
  decided_words TEXT NOT NULL DEFAULT '',
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, closing_id),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, lead_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, decided_by) REFERENCES practitioner (area_id, practitioner_id),
  CHECK (told <> 'not_told' OR told_words <> ''),
  CHECK (state <> 'asked' OR decide_by IS NOT NULL),
  CHECK (state <> 'declined' OR decided_words <> ''),
  -- Nobody agrees to what they asked themselves.
  CHECK (needs_manager = 0 OR state <> 'agreed' OR (decided_by IS NOT NULL AND decided_by <> author_id AND differently <> ''))
);

-- A family has one that waits.
CREATE UNIQUE INDEX closing_that_waits ON closing (area_id, family_id) WHERE state = 'asked';
CREATE INDEX closing_of ON closing (area_id, family_id, asked_at);
CREATE INDEX closing_of_person ON closing (area_id, person_id);
CREATE INDEX closing_of_lead ON closing (area_id, lead_id) WHERE state = 'asked';

-- What was tried: visits, each read by whoever may read it.
CREATE TABLE closing_attempt (
  area_id BIGINT NOT NULL,
  closing_id UUID NOT NULL,
  visit_id UUID NOT NULL,
  PRIMARY KEY (area_id, closing_id, visit_id),
  FOREIGN KEY (area_id, closing_id) REFERENCES closing (area_id, closing_id),
  FOREIGN KEY (area_id, visit_id) REFERENCES visit (area_id, visit_id)
);

-- Whoever helps is told that support ended, begins again, or goes on; each by whom of the family they may know.
CREATE TABLE family_news (
  area_id BIGINT NOT NULL,
  family_id UUID NOT NULL,
  practitioner_id UUID NOT NULL,
  news TEXT NOT NULL CHECK (news IN ('ended', 'goes_on', 'begun_again')),
  at BIGINT NOT NULL,
  seen_at BIGINT,
  PRIMARY KEY (area_id, family_id, practitioner_id, at),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX family_news_of ON family_news (area_id, practitioner_id, at) WHERE seen_at IS NULL;
