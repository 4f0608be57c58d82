-- Offering the lead of a family to somebody: until they accept, whoever led before still leads.

CREATE TABLE handover (
  area_id BIGINT NOT NULL,
  handover_id UUID NOT NULL,
  family_id UUID NOT NULL,
  person_id UUID NOT NULL,
  from_id UUID NOT NULL,
  to_id UUID NOT NULL,
  words TEXT NOT NULL CHECK (words <> ''),
  over_words TEXT NOT NULL,
  offered_by UUID NOT NULL,
  offered_at BIGINT NOT NULL,
  answer_by TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'declined', 'withdrawn')),
  answered_at BIGINT,
  answer_words TEXT NOT NULL DEFAULT '',
  told_at BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, handover_id),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, from_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, to_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, offered_by) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((answered_at IS NULL) = (state = 'offered')),
  CHECK (state <> 'declined' OR answer_words <> ''),
  CHECK (from_id <> to_id)
);

CREATE UNIQUE INDEX handover_open_once ON handover (area_id, family_id) WHERE state = 'offered';
CREATE INDEX handover_to ON handover (area_id, to_id, answer_by) WHERE state = 'offered';
CREATE INDEX handover_untold ON handover (area_id, offered_by) WHERE told_at IS NULL AND state IN ('accepted', 'declined');
CREATE INDEX handover_of_family ON handover (area_id, family_id, offered_at);
CREATE INDEX handover_of_person ON handover (area_id, person_id);
