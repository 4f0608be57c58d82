-- Agreements, decisions to share, requests for information, and advice.

-- A grant is to everybody of an agency who works with families, to those of it who work with the person, or to one practitioner alone.
-- for_id is the agency or the practitioner; via_id is the fact that was picked, where this one has taken its place since.
CREATE TABLE fact_grant_to (
  area_id BIGINT NOT NULL,
  fact_id UUID NOT NULL,
  origin_id UUID NOT NULL,
  for_id UUID NOT NULL,
  audience TEXT NOT NULL CHECK (audience IN ('agency', 'workers', 'named')),
  agency_id UUID NOT NULL,
  via_id UUID NOT NULL,
  from_at BIGINT NOT NULL,
  until_at BIGINT,
  ended_at BIGINT,
  PRIMARY KEY (area_id, fact_id, origin_id, for_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id),
  FOREIGN KEY (area_id, via_id) REFERENCES fact (area_id, fact_id),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id)
);
INSERT INTO fact_grant_to (area_id, fact_id, origin_id, for_id, audience, agency_id, via_id, from_at, ended_at)
  SELECT area_id, fact_id, origin_id, agency_id, 'agency', agency_id, fact_id, from_at, ended_at FROM fact_grant;
DROP TABLE fact_grant;
ALTER TABLE fact_grant_to RENAME TO fact_grant;
CREATE INDEX fact_grant_from ON fact_grant (area_id, origin_id) WHERE ended_at IS NULL;

CREATE TABLE agreement (
  area_id BIGINT NOT NULL,
  agreement_id UUID NOT NULL,
  person_id UUID NOT NULL,
  about TEXT NOT NULL CHECK (about IN ('support', 'confidentiality')),
  answer TEXT NOT NULL CHECK (answer IN ('agreed', 'refused')),
  giver TEXT NOT NULL CHECK (giver IN ('adult', 'child', 'responsible')),
  judgement TEXT NOT NULL,
  exceptions TEXT NOT NULL,
  explained TEXT NOT NULL CHECK (explained <> ''),
  language TEXT NOT NULL CHECK (language <> ''),
  evidence TEXT NOT NULL CHECK (evidence <> ''),
  witness TEXT NOT NULL,
  words TEXT NOT NULL,
  given_on TEXT NOT NULL,
  until_on TEXT,
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'sensitive_service')),
  author_id UUID NOT NULL,
  agency_id UUID NOT NULL,
  recorded_at BIGINT NOT NULL,
  owner_id UUID,
  ask_on TEXT,
  ended_at BIGINT,
  ended_by UUID,
  ended_how TEXT CHECK (ended_how IN ('withdrawn', 'replaced', 'let_end')),
  ended_words TEXT NOT NULL DEFAULT '',
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, agreement_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((ended_at IS NULL) = (ended_how IS NULL)),
  CHECK (answer = 'refused' OR until_on IS NOT NULL),
  CHECK (answer = 'refused' OR ended_at IS NOT NULL OR (owner_id IS NOT NULL AND ask_on IS NOT NULL)),
  CHECK (giver <> 'child' OR judgement <> ''),
  CHECK (giver <> 'responsible' OR judgement <> '')
);

CREATE INDEX agreement_of_person ON agreement (area_id, person_id, recorded_at);
CREATE INDEX agreement_owned ON agreement (area_id, owner_id, ask_on) WHERE ended_at IS NULL AND answer = 'agreed';

-- Who agreed, where that is not the person themself.
CREATE TABLE agreement_giver (
  area_id BIGINT NOT NULL,
  agreement_id UUID NOT NULL,
  person_id UUID NOT NULL,
  PRIMARY KEY (area_id, agreement_id),
  FOREIGN KEY (area_id, agreement_id) REFERENCES agreement (area_id, agreement_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id)
);

CREATE INDEX agreement_giver_of ON agreement_giver (area_id, person_id);

CREATE TABLE agreement_information (
  area_id BIGINT NOT NULL,
  agreement_id UUID NOT NULL,
  information TEXT NOT NULL,
  PRIMARY KEY (area_id, agreement_id, information),
  FOREIGN KEY (area_id, agreement_id) REFERENCES agreement (area_id, agreement_id)
);

CREATE TABLE agreement_agency (
  area_id BIGINT NOT NULL,
  agreement_id UUID NOT NULL,
  agency_id UUID NOT NULL,
  PRIMARY KEY (area_id, agreement_id, agency_id),
  FOREIGN KEY (area_id, agreement_id) REFERENCES agreement (area_id, agreement_id),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id)
);

CREATE TABLE share_request (
  area_id BIGINT NOT NULL,
  request_id UUID NOT NULL,
  person_id UUID NOT NULL,
  asker_id UUID NOT NULL,
  from_agency_id UUID NOT NULL,
  to_agency_id UUID NOT NULL,
  purpose TEXT NOT NULL CHECK (purpose <> ''),
  information TEXT NOT NULL,
  words TEXT NOT NULL CHECK (words <> ''),
  urgent BIGINT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'sensitive_service')),
  asked_at BIGINT NOT NULL,
  answer_by TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'withdrawn')),
  owner_id UUID,
  escalated_at BIGINT,
  ended_at BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, request_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, asker_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, from_agency_id) REFERENCES agency (area_id, agency_id),
  FOREIGN KEY (area_id, to_agency_id) REFERENCES agency (area_id, agency_id),
  CHECK (state <> 'open' OR owner_id IS NOT NULL)
);

CREATE INDEX share_request_of_person ON share_request (area_id, person_id, asked_at);
CREATE INDEX share_request_to ON share_request (area_id, to_agency_id, answer_by) WHERE state = 'open';
CREATE INDEX share_request_owned ON share_request (area_id, owner_id, answer_by) WHERE state = 'open';
CREATE INDEX share_request_by ON share_request (area_id, asker_id, asked_at);

-- A decision to share or not to: written once and never changed. What becomes of it is in share_event.
CREATE TABLE share_decision (
  area_id BIGINT NOT NULL,
  decision_id UUID NOT NULL,
  person_id UUID NOT NULL,
  request_id UUID,
  outcome TEXT NOT NULL CHECK (outcome IN ('shared', 'part', 'refused', 'deferred', 'advice')),
  purpose TEXT NOT NULL,
  ground TEXT CHECK (ground IN ('emergency', 'duty', 'harm', 'agreement', 'public_interest', 'not_confidential')),
  ground_words TEXT NOT NULL,
  agreement_id UUID,
  agreement_words TEXT NOT NULL,
  gateway TEXT NOT NULL,
  article_6 TEXT NOT NULL,
  article_9 TEXT NOT NULL,
  schedule TEXT NOT NULL,
  basis_source TEXT NOT NULL,
  rules_in_force TEXT NOT NULL,
  tests TEXT NOT NULL,
  to_agency_id UUID,
  to_named_id UUID,
  to_words TEXT NOT NULL,
  method TEXT NOT NULL,
  said_words TEXT NOT NULL,
  withheld_words TEXT NOT NULL,
  reason TEXT NOT NULL,
  answer_words TEXT NOT NULL,
  told TEXT NOT NULL CHECK (told IN ('yes', 'later', 'no', '')),
  told_words TEXT NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'sensitive_service')),
  author_id UUID NOT NULL,
  agency_id UUID NOT NULL,
  happened_on TEXT NOT NULL,
  decided_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, decision_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, request_id) REFERENCES share_request (area_id, request_id),
  FOREIGN KEY (area_id, agreement_id) REFERENCES agreement (area_id, agreement_id),
  FOREIGN KEY (area_id, to_agency_id) REFERENCES agency (area_id, agency_id),
  FOREIGN KEY (area_id, to_named_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id),
  CHECK (outcome NOT IN ('shared', 'part') OR (ground IS NOT NULL AND (to_agency_id IS NOT NULL OR to_words <> ''))),
  CHECK (outcome IN ('shared', 'part') OR reason <> ''),
  CHECK (ground IS NULL OR ground <> 'agreement' OR agreement_id IS NOT NULL),
  CHECK (ground IS NULL OR ground NOT IN ('emergency', 'duty', 'harm', 'public_interest') OR ground_words <> '')
);

CREATE INDEX share_decision_of_person ON share_decision (area_id, person_id, decided_at);
CREATE INDEX share_decision_to ON share_decision (area_id, to_agency_id, decided_at);
CREATE INDEX share_decision_by ON share_decision (area_id, author_id, decided_at);
CREATE INDEX share_decision_answers ON share_decision (area_id, request_id) WHERE request_id IS NOT NULL;

CREATE TABLE share_item (
  area_id BIGINT NOT NULL,
  decision_id UUID NOT NULL,
  fact_id UUID NOT NULL,
  label TEXT NOT NULL CHECK (label IN ('fact', 'told', 'opinion')),
  protected TEXT NOT NULL CHECK (protected IN ('', 'place', 'third_party', 'shielded')),
  why TEXT NOT NULL,
  digest TEXT NOT NULL CHECK (digest <> ''),
  agreement_id UUID,
  PRIMARY KEY (area_id, decision_id, fact_id),
  FOREIGN KEY (area_id, decision_id) REFERENCES share_decision (area_id, decision_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id),
  FOREIGN KEY (area_id, agreement_id) REFERENCES agreement (area_id, agreement_id),
  CHECK (protected = '' OR why <> '')
);

CREATE INDEX share_item_resting ON share_item (area_id, fact_id) WHERE agreement_id IS NOT NULL;

-- What became of a decision: received, ended, the family told, looked at again. Only ever added to.
CREATE TABLE share_event (
  area_id BIGINT NOT NULL,
  event_id UUID NOT NULL,
  decision_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('received', 'ended', 'part_ended', 'told', 'not_told', 'reviewed', 'corrected')),
  by_id UUID,
  at BIGINT NOT NULL,
  words TEXT NOT NULL,
  PRIMARY KEY (area_id, event_id),
  FOREIGN KEY (area_id, decision_id) REFERENCES share_decision (area_id, decision_id),
  FOREIGN KEY (area_id, by_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX share_event_of ON share_event (area_id, decision_id, at);

-- What a decision leaves to do, and whose it is: to give advice, to decide after all, to tell the family, to look again.
CREATE TABLE share_task (
  area_id BIGINT NOT NULL,
  task_id UUID NOT NULL,
  decision_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('receive', 'advise', 'decide', 'tell', 'review')),
  owner_id UUID NOT NULL,
  due_on TEXT NOT NULL,
  words TEXT NOT NULL,
  done_at BIGINT,
  done_by UUID,
  answer TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (area_id, task_id),
  FOREIGN KEY (area_id, decision_id) REFERENCES share_decision (area_id, decision_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK (done_at IS NULL OR kind <> 'advise' OR answer <> '')
);

CREATE INDEX share_task_of ON share_task (area_id, decision_id);
CREATE UNIQUE INDEX share_task_adviser ON share_task (area_id, decision_id) WHERE kind = 'advise';
CREATE UNIQUE INDEX share_task_receiver ON share_task (area_id, decision_id) WHERE kind = 'receive';
CREATE INDEX share_task_owned ON share_task (area_id, owner_id, due_on) WHERE done_at IS NULL;
