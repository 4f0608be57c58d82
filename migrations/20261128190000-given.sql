-- A referral is given to a colleague: one more kind of step. The check of a column cannot be changed, so the steps move to a table that has the new one.
CREATE TABLE referral_step (
  area_id BIGINT NOT NULL,
  event_id UUID NOT NULL,
  referral_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('accepted', 'declined', 'asked_back', 'replied', 'said_when', 'started', 'missed', 'passed_on', 'ended', 'withdrawn', 'first_elsewhere', 'given')),
  words TEXT NOT NULL,
  by_id UUID,
  at BIGINT NOT NULL,
  PRIMARY KEY (area_id, event_id),
  FOREIGN KEY (area_id, referral_id) REFERENCES referral (area_id, referral_id),
  FOREIGN KEY (area_id, by_id) REFERENCES practitioner (area_id, practitioner_id)
);

INSERT INTO referral_step (area_id, event_id, referral_id, kind, words, by_id, at)
SELECT v.area_id, v.event_id, v.referral_id, v.kind, v.words, v.by_id, v.at FROM referral_event v;

DROP TABLE referral_event;

ALTER TABLE referral_step RENAME TO referral_event;

CREATE INDEX referral_event_of ON referral_event (area_id, referral_id, at);
