-- Contacts and referrals: work that somebody owns until it has an outcome.

CREATE TABLE contact (
  area_id BIGINT NOT NULL,
  contact_id UUID NOT NULL,
  person_id UUID NOT NULL,
  author_id UUID NOT NULL,
  agency_id UUID NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'sensitive_service')),
  channel TEXT NOT NULL,
  happened_on TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  outcome TEXT,
  outcome_words TEXT NOT NULL,
  outcome_at BIGINT,
  handed_by UUID,
  handed_at BIGINT,
  handed_words TEXT NOT NULL DEFAULT '',
  owner_id UUID,
  next_on TEXT,
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, contact_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  CHECK ((outcome IS NULL) = (outcome_at IS NULL)),
  CHECK (outcome IS NOT NULL OR (owner_id IS NOT NULL AND next_on IS NOT NULL))
);

CREATE INDEX contact_of_person ON contact (area_id, person_id, recorded_at);
CREATE INDEX contact_open ON contact (area_id, owner_id, next_on) WHERE outcome IS NULL;

CREATE TABLE referral (
  area_id BIGINT NOT NULL,
  referral_id UUID NOT NULL,
  person_id UUID NOT NULL,
  contact_id UUID,
  service TEXT NOT NULL,
  sender_id UUID NOT NULL,
  from_agency_id UUID NOT NULL,
  to_agency_id UUID NOT NULL,
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'sensitive_service')),
  need TEXT NOT NULL,
  words TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('asked', 'waiting', 'started', 'ended', 'declined', 'withdrawn')),
  asked_at BIGINT NOT NULL,
  answer_by TEXT NOT NULL,
  owner_id UUID,
  next_on TEXT,
  decided_by UUID,
  decided_at BIGINT,
  decline_reason TEXT NOT NULL,
  better_door TEXT NOT NULL,
  outcome TEXT NOT NULL,
  outcome_words TEXT NOT NULL,
  ended_at BIGINT,
  escalated_at BIGINT,
  sender_told_at BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (area_id, referral_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, sender_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, owner_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, to_agency_id) REFERENCES agency (area_id, agency_id),
  CHECK (state IN ('ended', 'declined', 'withdrawn') OR (owner_id IS NOT NULL AND next_on IS NOT NULL)),
  CHECK (state <> 'declined' OR decline_reason <> ''),
  CHECK (state <> 'ended' OR outcome <> '')
);

CREATE INDEX referral_of_person ON referral (area_id, person_id, asked_at);
CREATE INDEX referral_owned ON referral (area_id, owner_id, next_on) WHERE state IN ('asked', 'waiting', 'started');
CREATE INDEX referral_sent ON referral (area_id, sender_id, asked_at);
CREATE INDEX referral_received ON referral (area_id, to_agency_id, asked_at);
CREATE INDEX referral_unanswered ON referral (area_id, answer_by) WHERE state = 'asked' AND escalated_at IS NULL;

CREATE TABLE referral_item (
  area_id BIGINT NOT NULL,
  referral_id UUID NOT NULL,
  fact_id UUID NOT NULL,
  PRIMARY KEY (area_id, referral_id, fact_id),
  FOREIGN KEY (area_id, referral_id) REFERENCES referral (area_id, referral_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id)
);
