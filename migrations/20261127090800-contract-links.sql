-- Agreeing to a contract by a link that is sent the way that is safe: whoever opens it types a number that they were told, which no message holds.

CREATE TABLE contract_link (
  area_id BIGINT NOT NULL,
  link_id UUID NOT NULL,
  contract_id UUID NOT NULL,
  person_id UUID NOT NULL,
  sent_by UUID NOT NULL,
  token TEXT NOT NULL,
  code TEXT NOT NULL,
  made_at BIGINT NOT NULL,
  until_on TEXT NOT NULL,
  wrong BIGINT NOT NULL DEFAULT 0,
  opened_at BIGINT,
  ended_at BIGINT,
  PRIMARY KEY (area_id, link_id),
  FOREIGN KEY (area_id, contract_id) REFERENCES contract (area_id, contract_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, sent_by) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE UNIQUE INDEX contract_link_token ON contract_link (area_id, token);
CREATE INDEX contract_link_open ON contract_link (area_id, contract_id, person_id) WHERE ended_at IS NULL;
CREATE INDEX contract_link_of ON contract_link (area_id, contract_id, made_at);

-- What somebody said by a link is what they said themselves.
ALTER TABLE contract_answer ADD COLUMN link_id UUID;

-- A message is about a referral's news, or has a link.
CREATE TABLE notice_anew (
  area_id BIGINT NOT NULL,
  notice_id UUID NOT NULL,
  referral_id UUID,
  link_id UUID,
  step TEXT NOT NULL,
  practitioner_id UUID,
  person_id UUID,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'delivered', 'to_tell', 'told', 'failed', 'replaced')),
  way TEXT NOT NULL CHECK (way IN ('email', 'sms', 'in_person')),
  owner_id UUID,
  tell_by TEXT,
  made_at BIGINT NOT NULL,
  not_before BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  outside_id TEXT NOT NULL,
  problem TEXT NOT NULL,
  done_at BIGINT,
  told_by UUID,
  told_words TEXT NOT NULL,
  PRIMARY KEY (area_id, notice_id),
  FOREIGN KEY (area_id, referral_id) REFERENCES referral (area_id, referral_id),
  FOREIGN KEY (area_id, link_id) REFERENCES contract_link (area_id, link_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((referral_id IS NULL) <> (link_id IS NULL)),
  CHECK ((practitioner_id IS NULL) <> (person_id IS NULL)),
  CHECK (link_id IS NULL OR person_id IS NOT NULL),
  CHECK (person_id IS NULL OR (owner_id IS NOT NULL AND tell_by IS NOT NULL)),
  CHECK (state NOT IN ('to_tell', 'told') OR (person_id IS NOT NULL AND referral_id IS NOT NULL))
);

INSERT INTO notice_anew (area_id, notice_id, referral_id, step, practitioner_id, person_id, state, way, owner_id, tell_by, made_at, not_before,
  tries, outside_id, problem, done_at, told_by, told_words)
  SELECT area_id, notice_id, referral_id, step, practitioner_id, person_id, state, way, owner_id, tell_by, made_at, not_before, tries,
  outside_id, problem, done_at, told_by, told_words FROM notice;

DROP TABLE notice;
ALTER TABLE notice_anew RENAME TO notice;

CREATE INDEX notice_of_referral ON notice (area_id, referral_id);
CREATE INDEX notice_of_link ON notice (area_id, link_id) WHERE link_id IS NOT NULL;
CREATE INDEX notice_to_send ON notice (area_id, not_before) WHERE state IN ('waiting', 'sending');
CREATE INDEX notice_unsure ON notice (area_id, not_before) WHERE state = 'sent' AND outside_id <> '';
CREATE INDEX notice_untold ON notice (area_id, tell_by) WHERE person_id IS NOT NULL AND state IN ('waiting', 'sending', 'to_tell');
CREATE INDEX notice_to_tell ON notice (area_id, owner_id, tell_by) WHERE state = 'to_tell';
