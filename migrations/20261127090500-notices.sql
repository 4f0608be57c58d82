-- Telling people outside the product that there is news, the way that is safe for them.

-- What somebody said about messages: which way is safe, or that none is. The latest that has not ended holds.
CREATE TABLE safe_contact (
  area_id BIGINT NOT NULL,
  safe_contact_id UUID NOT NULL,
  person_id UUID NOT NULL,
  way TEXT NOT NULL CHECK (way IN ('email', 'sms', 'none', 'stopped')),
  fact_id UUID,
  from_hour BIGINT NOT NULL,
  to_hour BIGINT NOT NULL,
  words TEXT NOT NULL,
  ask_again_on TEXT NOT NULL,
  author_id UUID,
  agency_id UUID,
  recorded_at BIGINT NOT NULL,
  stop_token TEXT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (area_id, safe_contact_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((way IN ('email', 'sms')) = (fact_id IS NOT NULL)),
  CHECK ((way = 'stopped') = (author_id IS NULL)),
  CHECK (from_hour >= 0 AND from_hour < to_hour AND to_hour <= 24)
);

CREATE INDEX safe_contact_of ON safe_contact (area_id, person_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX safe_contact_token ON safe_contact (area_id, stop_token);

-- Somebody is told of a step of a referral: a practitioner by e-mail; the person it is for by a message, or by somebody who tells them.
CREATE TABLE notice (
  area_id BIGINT NOT NULL,
  notice_id UUID NOT NULL,
  referral_id UUID NOT NULL,
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
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((practitioner_id IS NULL) <> (person_id IS NULL)),
  CHECK (person_id IS NULL OR (owner_id IS NOT NULL AND tell_by IS NOT NULL)),
  CHECK (state NOT IN ('to_tell', 'told') OR person_id IS NOT NULL)
);

CREATE INDEX notice_of_referral ON notice (area_id, referral_id);
CREATE INDEX notice_to_send ON notice (area_id, not_before) WHERE state IN ('waiting', 'sending');
CREATE INDEX notice_unsure ON notice (area_id, not_before) WHERE state = 'sent' AND outside_id <> '';
CREATE INDEX notice_untold ON notice (area_id, tell_by) WHERE person_id IS NOT NULL AND state IN ('waiting', 'sending', 'to_tell');
CREATE INDEX notice_to_tell ON notice (area_id, owner_id, tell_by) WHERE state = 'to_tell';

-- Practitioners who want no e-mail.
CREATE TABLE notice_choice (
  area_id BIGINT NOT NULL,
  practitioner_id UUID NOT NULL,
  wants_email BIGINT NOT NULL,
  chosen_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, practitioner_id),
  FOREIGN KEY (area_id, practitioner_id) REFERENCES practitioner (area_id, practitioner_id)
);
