package intake

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// compound is a compound file (OLE): a file system in a file, in which the
// programs of the nineties kept their documents.
type compound struct {
	data       []byte
	sectorSize int
	fat        []uint32
	entries    []oleEntry
	mini       []byte // the stream of small streams
	miniFAT    []uint32
	miniCutoff uint32
}

type oleEntry struct {
	name  string
	kind  byte // 1 folder, 2 stream, 5 root
	start uint32
	size  uint64
}

const (
	oleHeader   = 512
	oleEnd      = 0xfffffffe
	oleMaxValid = 0xfffffffa
	miniSector  = 64
)

var le = binary.LittleEndian

// openCompound reads the tables of a compound file; false when it is broken.
// All chains are bounded by the file's own size.
func openCompound(data []byte) (*compound, bool) {
	if len(data) < oleHeader {
		return nil, false
	}
	shift := le.Uint16(data[30:])
	if shift != 9 && shift != 12 || le.Uint16(data[32:]) != 6 {
		return nil, false
	}
	c := &compound{data: data, sectorSize: 1 << shift, miniCutoff: le.Uint32(data[56:])}
	if !c.readFAT() {
		return nil, false
	}
	c.readEntries(c.chain(le.Uint32(data[48:])))
	if len(c.entries) == 0 {
		return nil, false
	}
	miniFAT := c.chain(le.Uint32(data[60:]))
	for i := 0; i+4 <= len(miniFAT); i += 4 {
		c.miniFAT = append(c.miniFAT, le.Uint32(miniFAT[i:]))
	}
	c.mini = c.chain(c.entries[0].start)
	return c, true
}

// sector is the content of a sector; nil when it lies beyond the file.
func (c *compound) sector(n uint32) []byte {
	from := (int64(n) + 1) * int64(c.sectorSize)
	if n > oleMaxValid || from >= int64(len(c.data)) {
		return nil
	}
	return c.data[from:min(from+int64(c.sectorSize), int64(len(c.data)))]
}

// readFAT gathers the table of sectors, whose own sectors the header lists and,
// in large files, a chain of further lists.
func (c *compound) readFAT() bool {
	most := len(c.data)/c.sectorSize + 1
	add := func(list []byte) {
		for i := 0; i+4 <= len(list) && len(c.fat) <= most+c.sectorSize; i += 4 {
			sector := c.sector(le.Uint32(list[i:]))
			for j := 0; j+4 <= len(sector); j += 4 {
				c.fat = append(c.fat, le.Uint32(sector[j:]))
			}
		}
	}
	add(c.data[76:oleHeader])
	next := le.Uint32(c.data[68:])
	for range most {
		list := c.sector(next)
		if len(list) < c.sectorSize {
			break
		}
		add(list[:len(list)-4])
		next = le.Uint32(list[len(list)-4:])
	}
	return len(c.fat) > 0
}

// chain reads the sectors of a chain together. A chain longer than the file
// goes round in circles and is cut.
func (c *compound) chain(start uint32) []byte {
	var out []byte
	for n := start; n <= oleMaxValid && len(out) <= len(c.data); {
		sector := c.sector(n)
		if sector == nil {
			break
		}
		out = append(out, sector...)
		if int64(n) >= int64(len(c.fat)) {
			break
		}
		n = c.fat[n]
	}
	return out
}

func (c *compound) miniChain(start uint32) []byte {
	var out []byte
	for n := start; n <= oleMaxValid && len(out) <= len(c.mini); {
		from := int64(n) * miniSector
		if from >= int64(len(c.mini)) || int64(n) >= int64(len(c.miniFAT)) {
			break
		}
		out = append(out, c.mini[from:min(from+miniSector, int64(len(c.mini)))]...)
		n = c.miniFAT[n]
	}
	return out
}

func (c *compound) readEntries(list []byte) {
	for ; len(list) >= 128 && len(c.entries) < 10_000; list = list[128:] {
		length := int(le.Uint16(list[64:]))
		var name []uint16
		for i := 0; i+2 < min(length, 64); i += 2 {
			name = append(name, le.Uint16(list[i:]))
		}
		c.entries = append(c.entries, oleEntry{string(utf16.Decode(name)), list[66], le.Uint32(list[116:]), le.Uint64(list[120:])})
	}
}

func (c *compound) has(name string) bool {
	for _, e := range c.entries {
		if strings.EqualFold(e.name, name) {
			return true
		}
	}
	return false
}

// stream reads a stream by its name; false when there is none.
func (c *compound) stream(name string) ([]byte, bool) {
	for _, e := range c.entries {
		if e.kind != 2 || !strings.EqualFold(e.name, name) {
			continue
		}
		size := e.size & 0xffffffff // the upper half is rubbish in old files
		var content []byte
		if size < uint64(c.miniCutoff) {
			content = c.miniChain(e.start)
		} else {
			content = c.chain(e.start)
		}
		return content[:min(size, uint64(len(content)))], size <= uint64(len(content))
	}
	return nil, false
}
