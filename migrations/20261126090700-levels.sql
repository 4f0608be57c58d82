-- Judgements of a family's level of need: made by somebody, with reasons and what they rest on; never computed.

CREATE TABLE level_judgement (
  area_id BIGINT NOT NULL,
  judgement_id UUID NOT NULL,
  family_id UUID NOT NULL,
  person_id UUID NOT NULL,
  level TEXT NOT NULL CHECK (level <> ''),
  class TEXT NOT NULL CHECK (class IN ('ordinary', 'sensitive_service')),
  agency_id UUID NOT NULL,
  author_id UUID NOT NULL,
  judged_at BIGINT NOT NULL,
  reason TEXT NOT NULL CHECK (reason <> ''),
  told TEXT NOT NULL CHECK (told IN ('agreed', 'told', 'not_told')),
  told_words TEXT NOT NULL DEFAULT '',
  -- Where somebody else is to lead at this level: it holds once they have accepted the lead.
  handover_id UUID,
  PRIMARY KEY (area_id, judgement_id),
  FOREIGN KEY (area_id, family_id) REFERENCES family (area_id, family_id),
  FOREIGN KEY (area_id, person_id) REFERENCES person (area_id, person_id),
  FOREIGN KEY (area_id, author_id) REFERENCES practitioner (area_id, practitioner_id),
  FOREIGN KEY (area_id, handover_id) REFERENCES handover (area_id, handover_id),
  CHECK (told <> 'not_told' OR told_words <> '')
);

CREATE INDEX level_judgement_of ON level_judgement (area_id, family_id, judged_at);
CREATE INDEX level_judgement_of_person ON level_judgement (area_id, person_id);

-- What a judgement rests on: facts, each read by whoever may read it.
CREATE TABLE level_evidence (
  area_id BIGINT NOT NULL,
  judgement_id UUID NOT NULL,
  fact_id UUID NOT NULL,
  PRIMARY KEY (area_id, judgement_id, fact_id),
  FOREIGN KEY (area_id, judgement_id) REFERENCES level_judgement (area_id, judgement_id),
  FOREIGN KEY (area_id, fact_id) REFERENCES fact (area_id, fact_id)
);
