/** Seconds, far more than anything here takes: a busy machine must not make the deadline end it. */
export const farDeadline = 900;
