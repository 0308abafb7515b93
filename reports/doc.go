// Package reports prints: plain figures in, the bytes of a document for
// someone else out (xlsx, pdf, csv).
//
// Here belong cells, pages, fonts and file layouts. Rules, queries and clocks
// do not: whoever calls has already decided what is printed and gives the day
// on which it is printed. Totals are the exception, on purpose: a report works
// its totals out of the very rows it prints, so that a workbook and a page can
// never show two different sums of the same entries (R27).
package reports
