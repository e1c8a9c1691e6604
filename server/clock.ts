/** The present in milliseconds since the epoch; injected so that tests need not wait. */
export type Clock = () => number;
