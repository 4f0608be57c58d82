-- People, and everything the system knows about them: facts that somebody recorded.

CREATE TABLE person (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  person_id UUID NOT NULL,
  created_at BIGINT NOT NULL,
  linked_to UUID,
  PRIMARY KEY (area_id, person_id),
  CHECK (linked_to IS NULL OR linked_to <> person_id)
);

CREATE INDEX person_linked ON person (area_id, linked_to) WHERE linked_to IS NOT NULL;

CREATE TABLE fact (
  area_id BIGINT NOT NULL,
  fact_id UUID NOT NULL,
  person_id UUID NOT NULL,
  kind TEXT NOT NULL,
  term TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('known', 'unknown', 'not_asked', 'refused', 'none')),
  words TEXT NOT NULL,
  holds_from TEXT,
  holds_to TEXT,
  standing TEXT NOT NULL CHECK (standing IN ('seen', 'told', 'records', 'opinion')),
  told_by TEXT NOT NULL,
  author_id UUID,
  agency_id UUID NOT NULL,
  origin_id UUID,
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'confidential', 'sensitive_service', 'restricted')),
  recorded_at BIGINT NOT NULL,
  superseded_at BIGINT,
  superseded_by UUID,
  PRIMARY KEY (area_id, fact_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id),
  CHECK (superseded_by IS NULL OR superseded_at IS NOT NULL),
  CHECK (author_id IS NOT NULL OR standing = 'records')
);

CREATE INDEX fact_of_person ON fact (area_id, person_id, kind);
CREATE INDEX fact_history ON fact (area_id, superseded_by) WHERE superseded_by IS NOT NULL;
CREATE INDEX fact_by_origin ON fact (area_id, origin_id) WHERE origin_id IS NOT NULL AND author_id IS NOT NULL;

CREATE TABLE name_fact (
  area_id BIGINT NOT NULL,
  fact_id UUID NOT NULL,
  forenames TEXT NOT NULL,
  surname TEXT NOT NULL,
  PRIMARY KEY (area_id, fact_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id),
  CHECK (forenames <> '' OR surname <> '')
);

CREATE TABLE address_fact (
  area_id BIGINT NOT NULL,
  fact_id UUID NOT NULL,
  lines TEXT NOT NULL,
  town TEXT NOT NULL,
  postcode TEXT NOT NULL,
  PRIMARY KEY (area_id, fact_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id)
);

CREATE TABLE identifier_fact (
  area_id BIGINT NOT NULL,
  fact_id UUID NOT NULL,
  scheme TEXT NOT NULL,
  value TEXT NOT NULL,
  verified TEXT NOT NULL CHECK (verified IN ('verified', 'unverified', 'in_doubt')),
  PRIMARY KEY (area_id, fact_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id)
);

CREATE INDEX identifier_fact_by_value ON identifier_fact (area_id, scheme, value);

CREATE TABLE relationship_fact (
  area_id BIGINT NOT NULL,
  fact_id UUID NOT NULL,
  other_id UUID NOT NULL,
  PRIMARY KEY (area_id, fact_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id),
  FOREIGN KEY (area_id, other_id) REFERENCES person (area_id, person_id)
);

CREATE INDEX relationship_fact_by_other ON relationship_fact (area_id, other_id);

CREATE TABLE involvement (
  area_id BIGINT NOT NULL,
  fact_id UUID NOT NULL,
  person_id UUID NOT NULL,
  agency_id UUID NOT NULL,
  practitioner_id UUID,
  ended_at BIGINT,
  PRIMARY KEY (area_id, fact_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX involvement_now ON involvement (area_id, person_id, practitioner_id, agency_id) WHERE ended_at IS NULL;
CREATE INDEX involvement_of ON involvement (area_id, practitioner_id, person_id) WHERE ended_at IS NULL;

CREATE TABLE search_word (
  area_id BIGINT NOT NULL,
  word TEXT NOT NULL,
  person_id UUID NOT NULL,
  fact_id UUID NOT NULL,
  PRIMARY KEY (area_id, word, person_id, fact_id)
);

CREATE INDEX search_word_of_person ON search_word (area_id, person_id, word, fact_id);

CREATE TABLE family (
  area_id BIGINT NOT NULL REFERENCES area (area_id),
  family_id UUID NOT NULL,
  name TEXT NOT NULL CHECK (name <> ''),
  owner_id UUID NOT NULL,
  next_step TEXT NOT NULL CHECK (next_step <> ''),
  next_on TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, family_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX family_by_owner ON family (area_id, owner_id, next_on);

CREATE TABLE family_member (
  area_id BIGINT NOT NULL,
  family_id UUID NOT NULL,
  person_id UUID NOT NULL,
  part TEXT NOT NULL CHECK (part IN ('member', 'network')),
  from_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (area_id, family_id, person_id, from_at),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id)
);

CREATE INDEX family_member_of ON family_member (area_id, person_id, family_id) WHERE ended_at IS NULL;

CREATE TABLE family_team (
  area_id BIGINT NOT NULL,
  family_id UUID NOT NULL,
  practitioner_id UUID NOT NULL,
  through_id UUID NOT NULL,
  origin_id UUID,
  part TEXT NOT NULL,
  from_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (area_id, family_id, practitioner_id, from_at),
  FOREIGN KEY (area_id, through_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX family_team_from ON family_team (area_id, origin_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX family_member_once ON family_member (area_id, family_id, person_id) WHERE ended_at IS NULL;
CREATE INDEX family_team_of ON family_team (area_id, practitioner_id, family_id) WHERE ended_at IS NULL;

CREATE TABLE family_read (
  area_id BIGINT NOT NULL,
  practitioner_id UUID NOT NULL,
  family_id UUID NOT NULL,
  read_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, practitioner_id, family_id)
);

CREATE TABLE shield (
  area_id BIGINT NOT NULL,
  shield_id UUID NOT NULL,
  person_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('location', 'existence')),
  reason TEXT NOT NULL CHECK (reason <> ''),
  decided_by UUID NOT NULL,
  from_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (area_id, shield_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id)
);

CREATE INDEX shield_now ON shield (area_id, person_id, kind) WHERE ended_at IS NULL;

CREATE TABLE shield_named (
  area_id BIGINT NOT NULL,
  shield_id UUID NOT NULL,
  practitioner_id UUID NOT NULL,
  PRIMARY KEY (area_id, shield_id, practitioner_id),
  FOREIGN KEY (area_id, shield_id) REFERENCES shield (area_id, shield_id)
);

CREATE TABLE asking (
  area_id BIGINT NOT NULL,
  asking_id UUID NOT NULL,
  practitioner_id UUID NOT NULL,
  person_id UUID NOT NULL,
  reason_code TEXT NOT NULL,
  reason TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  until_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, asking_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX asking_now ON asking (area_id, person_id, practitioner_id, until_at);

CREATE TABLE fact_grant (
  area_id BIGINT NOT NULL,
  fact_id UUID NOT NULL,
  agency_id UUID NOT NULL,
  origin_id UUID NOT NULL,
  from_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (area_id, fact_id, agency_id, origin_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id)
);

CREATE INDEX fact_grant_from ON fact_grant (area_id, origin_id) WHERE ended_at IS NULL;
