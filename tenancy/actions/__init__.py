"""One function for each thing a person does; the only writers. They never know HTTP and never enqueue."""
