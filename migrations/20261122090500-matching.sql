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

-- Two people who are one: what was the one's is the other's, and can be given back.
CREATE TABLE person_link (
  area_id BIGINT NOT NULL,
  link_id UUID NOT NULL,
  kept_id UUID NOT NULL,
  linked_id UUID NOT NULL,
  origin_id UUID,
  weight_thousandths BIGINT,
  reason TEXT NOT NULL CHECK (reason <> ''),
  made_by UUID,
  seconded_by UUID,
  made_at BIGINT NOT NULL,
  undone_by UUID,
  undone_reason TEXT,
  undone_at BIGINT,
  PRIMARY KEY (area_id, link_id),
  FOREIGN KEY (area_id, kept_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, linked_id) REFERENCES person (area_id, person_id)
);

CREATE INDEX person_link_of ON person_link (area_id, kept_id) WHERE undone_at IS NULL;

-- What a link moved, by table and key, so that it can be moved back.
CREATE TABLE person_move (
  area_id BIGINT NOT NULL,
  link_id UUID NOT NULL,
  moved_table TEXT NOT NULL,
  moved_key TEXT NOT NULL,
  PRIMARY KEY (area_id, link_id, moved_table, moved_key),
  FOREIGN KEY (area_id, link_id) REFERENCES person_link (area_id, link_id)
);

-- Who may be one person: a person, or a record of an agency that is nobody's yet, on either side.
CREATE TABLE match_proposal (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  proposal_id UUID NOT NULL,
  pair TEXT NOT NULL,
  left_person UUID,
  left_source TEXT,
  left_key TEXT,
  right_person UUID,
  right_source TEXT,
  right_key TEXT,
  weight_thousandths BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'unsure', 'seconding', 'same', 'placed', 'apart', 'gone')),
  owner_id UUID NOT NULL,
  due_on TEXT NOT NULL,
  proposed_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  decided_by UUID,
  decided_at BIGINT,
  reason TEXT,
  seconded_by UUID,
  link_id UUID,
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, proposal_id),
  UNIQUE (area_id, pair),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((left_person IS NULL) = (left_source IS NOT NULL)),
  CHECK ((right_person IS NULL) = (right_source IS NOT NULL)),
  CHECK (state NOT IN ('same', 'apart') OR decided_by IS NOT NULL)
);

CREATE INDEX match_proposal_open ON match_proposal (area_id, state, weight_thousandths);
CREATE INDEX match_proposal_link ON match_proposal (area_id, link_id) WHERE link_id IS NOT NULL;
CREATE INDEX match_proposal_record ON match_proposal (area_id, right_source, right_key) WHERE right_source IS NOT NULL;
CREATE INDEX match_proposal_left ON match_proposal (area_id, left_person) WHERE left_person IS NOT NULL;
CREATE INDEX match_proposal_right ON match_proposal (area_id, right_person) WHERE right_person IS NOT NULL;

-- Who may belong to a family that is supported.
CREATE TABLE family_proposal (
  area_id BIGINT NOT NULL,
  proposal_id UUID NOT NULL,
  family_id UUID NOT NULL,
  person_id UUID NOT NULL,
  because TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'belongs', 'apart', 'gone')),
  owner_id UUID NOT NULL,
  due_on TEXT NOT NULL,
  seen_at BIGINT NOT NULL,
  decided_by UUID,
  decided_at BIGINT,
  reason TEXT,
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, proposal_id),
  UNIQUE (area_id, family_id, person_id),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK (state NOT IN ('belongs', 'apart') OR decided_by IS NOT NULL)
);

CREATE INDEX family_proposal_open ON family_proposal (area_id, state, due_on);
