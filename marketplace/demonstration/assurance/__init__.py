"""The demonstration's assurance: answers, cases in every state, and certificates with what became of them."""
