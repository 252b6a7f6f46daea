"""The model-led half of the interviewer: what a model is asked, how its words are read, and when it may be asked at all."""
