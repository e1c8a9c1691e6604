/** Lines that quick access shows at once; whoever looks through more wants the main window. */
export const quickRecords = 7;
