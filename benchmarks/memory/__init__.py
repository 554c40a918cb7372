"""What recall is measured with: questions and facts written by hand, what lies around them, and a store in memory."""
