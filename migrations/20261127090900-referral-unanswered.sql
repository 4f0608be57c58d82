-- The first few that an agency has not answered are found in the order in which they stand on home, however many wait.

DROP INDEX referral_unanswered_at;
CREATE INDEX referral_unanswered_at ON referral (area_id, to_agency_id, next_on, referral_id) WHERE state = 'asked';
