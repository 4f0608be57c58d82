-- What is kept for a time is found by when that time began.

CREATE INDEX job_done ON job (area_id, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX index_look_at ON index_look (area_id, looked_at);
CREATE INDEX look_alert_seen ON look_alert (area_id, seen_at) WHERE seen_at IS NOT NULL;
CREATE INDEX broker_message_answered ON broker_message (area_id, answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX custodian_answer_at ON custodian_answer (area_id, asked_at);
