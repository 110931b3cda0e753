// The controls of the message that is being written, by name: { get(), set(value), … }.
export const fields = {};
