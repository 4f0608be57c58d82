-- Whose looks are left out of what a family is given about who looked, because knowing of them would put somebody at risk.

CREATE TABLE look_withheld (
  area_id BIGINT NOT NULL,
  withheld_id UUID NOT NULL,
  person_id UUID NOT NULL,
  agency_id UUID NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''),
  decided_by UUID NOT NULL,
  decided_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (area_id, withheld_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, agency_id) REFERENCES agency (area_id, agency_id),
  FOREIGN KEY (area_id, decided_by) REFERENCES practitioner (area_id, practitioner_id)
);

CREATE INDEX look_withheld_now ON look_withheld (area_id, person_id, agency_id) WHERE ended_at IS NULL;
