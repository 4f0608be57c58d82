-- What an agency was asked and nobody has answered: found without reading everything that it was ever asked.

CREATE INDEX referral_unanswered_at ON referral (area_id, to_agency_id, next_on) WHERE state = 'asked';
