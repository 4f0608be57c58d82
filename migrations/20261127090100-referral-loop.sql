-- What passes between the sender and the service until support ends; asking several services, of which the first to accept supports.

ALTER TABLE referral ADD COLUMN question TEXT NOT NULL DEFAULT '';
ALTER TABLE referral ADD COLUMN wait_place BIGINT;
ALTER TABLE referral ADD COLUMN starts_on TEXT;
ALTER TABLE referral ADD COLUMN round_id UUID;
ALTER TABLE referral ADD COLUMN passed_to UUID;

CREATE INDEX referral_of_round ON referral (area_id, round_id);
CREATE INDEX referral_asked_back ON referral (area_id, sender_id) WHERE state = 'asked' AND question <> '';

-- Several services that were asked together; the first to accept takes it.
CREATE TABLE referral_round (
  area_id BIGINT NOT NULL,
  round_id UUID NOT NULL,
  taken_by UUID,
  PRIMARY KEY (area_id, round_id),
  FOREIGN KEY (area_id, taken_by) REFERENCES referral (area_id, referral_id)
);

-- Each step of a referral, with who took it and what they said.
CREATE TABLE referral_event (
  area_id BIGINT NOT NULL,
  event_id UUID NOT NULL,
  referral_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('accepted', 'declined', 'asked_back', 'replied', 'said_when', 'started', 'missed', 'passed_on', 'ended', 'withdrawn', 'first_elsewhere')),
  words TEXT NOT NULL,
  by_id UUID,
  at BIGINT NOT NULL,
  PRIMARY KEY (area_id, event_id),
  FOREIGN KEY (area_id, referral_id) REFERENCES referral (area_id, referral_id),
  FOREIGN KEY (area_id, by_id) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX referral_event_of ON referral_event (area_id, referral_id, at);
