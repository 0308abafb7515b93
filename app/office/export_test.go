package office

// SetBatch sets how many members one transaction of a run takes.
func (o *Office) SetBatch(n int) { o.batch = n }
