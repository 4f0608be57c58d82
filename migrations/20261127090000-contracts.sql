-- What a family and the agencies promise each other: taken from the plan, agreed by each party, never changed.

CREATE TABLE contract (
  area_id BIGINT NOT NULL,
  contract_id UUID NOT NULL,
  family_id UUID NOT NULL,
  person_id UUID NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'sensitive_service')),
  agency_id UUID NOT NULL,
  author_id UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  if_family TEXT NOT NULL CHECK (if_family <> ''),
  if_agencies TEXT NOT NULL CHECK (if_agencies <> ''),
  agree_by TEXT NOT NULL,
  ended_at BIGINT,
  ended_by UUID,
  ended_words TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (area_id, contract_id),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, ended_by) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
  CHECK (ended_at IS NULL OR ended_words <> '')
);

CREATE INDEX contract_of ON contract (area_id, family_id, recorded_at);
CREATE INDEX contract_of_person ON contract (area_id, person_id);

-- An action of the plan as it was promised: who, in which words, until when. That the action moves later changes no promise.
CREATE TABLE contract_promise (
  area_id BIGINT NOT NULL,
  contract_id UUID NOT NULL,
  entry_id UUID NOT NULL,
  owner_id UUID NOT NULL,
  agency_id UUID NOT NULL,
  words TEXT NOT NULL CHECK (words <> ''),
  by_on TEXT NOT NULL,
  PRIMARY KEY (area_id, contract_id, entry_id),
  FOREIGN KEY (area_id, contract_id) REFERENCES contract (area_id, contract_id),
  FOREIGN KEY (area_id, entry_id) REFERENCES plan_entry (area_id, entry_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id)
);

CREATE INDEX contract_promise_of ON contract_promise (area_id, entry_id);
CREATE INDEX contract_promise_by ON contract_promise (area_id, by_on);
CREATE INDEX contract_promise_owned ON contract_promise (area_id, owner_id);

-- What a party says to it: one of the family, or an agency. A later answer takes the place of an earlier one.
CREATE TABLE contract_answer (
  area_id BIGINT NOT NULL,
  answer_id UUID NOT NULL,
  contract_id UUID NOT NULL,
  person_id UUID,
  agency_id UUID,
  agrees BIGINT NOT NULL CHECK (agrees IN (0, 1)),
  way TEXT NOT NULL CHECK (way IN ('signed', 'said', 'paper', 'here')),
  words TEXT NOT NULL DEFAULT '',
  signature TEXT NOT NULL DEFAULT '',
  recorded_by UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  superseded_at BIGINT,
  PRIMARY KEY (area_id, answer_id),
  FOREIGN KEY (area_id, contract_id) REFERENCES contract (area_id, contract_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id),
  FOREIGN KEY (area_id, recorded_by) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((person_id IS NULL) <> (agency_id IS NULL)),
  CHECK ((way = 'here') = (agency_id IS NOT NULL)),
  CHECK ((way = 'signed') = (signature <> '')),
  CHECK (agrees = 1 OR words <> '')
);

CREATE INDEX contract_answer_to ON contract_answer (area_id, contract_id, recorded_at);
CREATE INDEX contract_answer_of ON contract_answer (area_id, person_id);
