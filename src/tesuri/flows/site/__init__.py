"""A site: what people declared, what the store holds, the survey that everything is shown from, the tick."""
