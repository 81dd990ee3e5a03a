package playground_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// row is a line of the table in NOTICE.md: file, package, version, file in the
// package, licence, checksum.
var row = regexp.MustCompile(`(?m)^\| (\S+) \| (\S+) \| (\d+\.\d+\.\d+) \| (\S+) \| (\S+) \| ([0-9a-f]{64}) \|$`)

func read(t *testing.T, name string) []byte {
	t.Helper()

	content, err := os.ReadFile(filepath.Join("third_party", filepath.Base(name)))
	if err != nil {
		t.Fatal(err)
	}

	return content
}

func TestThirdPartyFilesAreAsPublished(t *testing.T) {
	t.Parallel()

	licences := string(read(t, "LICENSES.txt"))
	rows := row.FindAllStringSubmatch(string(read(t, "NOTICE.md")), -1)
	noted := make([]string, 0, len(rows))

	for _, cells := range rows {
		file, pkg, want := cells[1], cells[2], cells[6]
		noted = append(noted, file)

		if sum := sha256.Sum256(read(t, file)); hex.EncodeToString(sum[:]) != want {
			t.Errorf("%s is not the file of %s %s", file, pkg, cells[3])
		}

		listed := `(?m)^` + regexp.QuoteMeta(pkg) + `\b.*: ` + regexp.QuoteMeta(cells[5]) + `$`
		if !regexp.MustCompile(listed).MatchString(licences) {
			t.Errorf("LICENSES.txt does not list %s", pkg)
		}
	}

	entries, err := os.ReadDir("third_party")
	if err != nil {
		t.Fatal(err)
	}

	for _, entry := range entries {
		code := strings.HasSuffix(entry.Name(), ".js") || strings.HasSuffix(entry.Name(), ".css")
		if code && !slices.Contains(noted, entry.Name()) {
			t.Errorf("%s is not in NOTICE.md", entry.Name())
		}
	}

	if len(noted) == 0 {
		t.Error("NOTICE.md has no table")
	}
}

func TestLicenceTextsAreThere(t *testing.T) {
	t.Parallel()

	licences := string(read(t, "LICENSES.txt"))

	for _, text := range []string{
		"Permission is hereby granted, free of charge, to any person obtaining a copy",
		"Redistributions in binary form must reproduce the above copyright notice",
		"TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION",
		"SIL OPEN FONT LICENSE",
	} {
		if !strings.Contains(licences, text) {
			t.Errorf("no %q", text)
		}
	}
}
