package office

import (
	"context"
	"encoding/json"
	"maps"
	"regexp"
	"slices"

	"albopec/app/intake"
	"albopec/app/pec"
	"albopec/db"
)

// KeepUpload keeps a file that was sent, so that its preview can be looked at,
// left and come back to.
func (o *Office) KeepUpload(ctx context.Context, actor, kind string, f ImportFile) (int64, error) {
	var id int64
	err := o.write(ctx, actor, func(tx *db.Tx) (err error) {
		id, err = keepUpload(tx, kind, f)
		return err
	})
	return id, err
}

func keepUpload(tx *db.Tx, kind string, f ImportFile) (int64, error) {
	options, err := json.Marshal(f.Options)
	if err != nil {
		return 0, err
	}
	id, err := tx.AddUpload(db.Upload{Kind: kind, Filename: f.Name, SHA256: f.sha256(), Content: f.Data, Options: options})
	if err != nil {
		return 0, err
	}
	return id, tx.Record("upload", "upload", id, map[string]any{"kind": kind, "filename": f.Name, "bytes": len(f.Data)})
}

// ReadUploadAs keeps how a file that was sent is to be read; what differences it was
// made of stays.
func (o *Office) ReadUploadAs(ctx context.Context, actor string, id int64, options ImportOptions) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		u, err := tx.UploadHead(id)
		if err != nil {
			return err
		}
		var before ImportOptions
		if err := json.Unmarshal(u.Options, &before); err != nil {
			return err
		}
		options.Differences = before.Differences
		doc, err := json.Marshal(options)
		if err != nil {
			return err
		}
		if err := tx.SetUploadOptions(id, doc); err != nil {
			return err
		}
		return tx.Record("upload.options", "upload", id, options)
	})
}

// DropUpload forgets a file that was sent; the differences that it was made of are open
// again.
func (o *Office) DropUpload(ctx context.Context, actor string, id int64) error {
	return o.write(ctx, actor, func(tx *db.Tx) error {
		taken, err := tx.DifferencesOfUpload(id)
		if err != nil {
			return err
		}
		if err := reopen(tx, taken, "L’importazione è stata annullata prima di scriverla."); err != nil {
			return err
		}
		if err := tx.DeleteUpload(id); err != nil {
			return err
		}
		return tx.Record("upload.dropped", "upload", id, nil)
	})
}

// Upload returns a file that was sent, ready to be previewed or written.
func (o *Office) Upload(ctx context.Context, id int64) (kind string, f ImportFile, err error) {
	err = o.DB.Read(ctx, func(tx *db.ReadTx) error {
		u, err := tx.Upload(id)
		if err != nil {
			return err
		}
		kind, f = u.Kind, ImportFile{Name: u.Filename, Data: u.Content, upload: id}
		return json.Unmarshal(u.Options, &f.Options)
	})
	return kind, f, err
}

// stillKept refuses to write a kept file that was written or dropped meanwhile.
func stillKept(tx *db.Tx, f ImportFile) error {
	if f.upload == 0 {
		return nil
	}
	kept, err := tx.HasUpload(f.upload)
	if err == nil && !kept {
		err = pec.Refuse("upload_unknown", "Questo file è già stato importato, o tolto.")
	}
	return err
}

// WriteUpload imports a file that was sent, just as its preview with this
// fingerprint showed it, and drops it in the same transaction.
func (o *Office) WriteUpload(ctx context.Context, actor string, id int64, seen string, progress func(done, all int)) (ImportReport, error) {
	kind, f, err := o.Upload(ctx, id)
	if err != nil {
		return ImportReport{}, err
	}
	if seen == "" {
		return ImportReport{}, errChanged
	}
	f.Progress = progress
	return o.WriteImport(ctx, actor, kind, f, seen, false)
}

// LookAt reads a file without planning anything. A file that lacks something
// that a person can mend comes with its Problem: see intake.Read.
func LookAt(kind string, f ImportFile) (*ReadFile, error) {
	file, err := intake.Read(f.Data, f.Name, LayoutOf(kind), f.Options.ReadingOptions)
	if err == nil && kind == FileComparison {
		err = pec.CheckListedMailboxes(file.Rows, file.Mapping)
	}
	return file, err
}

// Readings are how the latest files of a kind were read, newest first.
func Readings(tx *db.ReadTx, kind string) ([]db.Reading, error) {
	const latest = 20
	if kind == FileComparison {
		return tx.ComparisonReadings(latest)
	}
	return tx.Readings(kind, latest)
}

// Recall reads a file as the latest import with the same columns was read, if
// an operator had said then what the columns are; otherwise as it reads by
// itself. The batch is that import's, or comparison's, 0 when none was followed.
func (o *Office) Recall(ctx context.Context, kind string, f ImportFile) (ImportOptions, int64, error) {
	file, problem := LookAt(kind, f)
	if file == nil {
		return f.Options, 0, nil // it cannot be read at all: told where it is shown
	}
	var earlier []db.Reading
	err := o.DB.Read(ctx, func(tx *db.ReadTx) (err error) {
		earlier, err = Readings(tx, kind)
		return err
	})
	if err != nil {
		return f.Options, 0, err
	}
	for _, r := range earlier {
		if problem == nil && !sameTitles(r.Header, titles(file)) {
			continue
		}
		if problem == nil && maps.Equal(r.Mapping, file.Mapping.ByHeader()) {
			return f.Options, 0, nil
		}
		try := f
		try.Options.Columns = map[string]string{}
		for _, title := range r.Header {
			try.Options.Columns[title] = r.Mapping[title]
		}
		if again, err := LookAt(kind, try); err == nil && sameTitles(r.Header, titles(again)) {
			return try.Options, r.Batch, nil
		}
	}
	return f.Options, 0, nil
}

// sameTitles reports whether two files have the same titles, in whatever order. Titles
// that go by numbers, «Colonna 5» and «Data (2)», are others in another order.
func sameTitles(a, b []string) bool {
	if slices.Equal(a, b) {
		return true
	}
	return !slices.ContainsFunc(a, numbered.MatchString) && slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

var numbered = regexp.MustCompile(`^Colonna \d+$|\(\d+\)$`)

func titles(f *intake.File) []string {
	var list []string
	for _, c := range f.Mapping {
		list = append(list, c.Header)
	}
	return list
}
