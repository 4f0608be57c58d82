-- The scanned paper on which a party signed a contract: kept by the agency that scanned it, for its own.

CREATE TABLE contract_paper (
  area_id BIGINT NOT NULL,
  answer_id UUID NOT NULL,
  agency_id UUID NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('pdf', 'jpeg', 'png')),
  file BYTEA NOT NULL,
  added_by UUID NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (area_id, answer_id),
  FOREIGN KEY (area_id, answer_id) REFERENCES contract_answer (area_id, answer_id),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id),
  FOREIGN KEY (area_id, added_by) REFERENCES practitioner (area_id, practitioner_id)
);
