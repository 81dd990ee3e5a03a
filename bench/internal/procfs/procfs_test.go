package procfs_test

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"storefront/bench/internal/procfs"
)

const (
	status = "Name:\tbff-mobile\nVmPeak:\t 1800000 kB\nVmHWM:\t   51200 kB\nVmRSS:\t   40960 kB\nRssFile:\t   10240 kB\n"
	pidful = "1234 (a (very) odd name) S 1 1234 1234 0 -1 4194304 5000 0 0 0 250 125 7 8 20 0 12 0 100 1 2 3\n"
	cpus   = "cpu  100 20 30 4000 500 6 7 80 9 0\ncpu0 1 2 3 4 5 6 7 8 9 0\nintr 12345\n"
)

// tree is a /proc with one file.
func tree(name, content string) procfs.FS {
	return procfs.New(fstest.MapFS{name: &fstest.MapFile{Data: []byte(content)}})
}

func TestMemory(t *testing.T) {
	t.Parallel()

	got, err := tree("1234/status", status).Memory(1234)
	if want := (procfs.Memory{Resident: 40 << 20, Peak: 50 << 20, File: 10 << 20}); err != nil || got != want {
		t.Errorf("memory is %+v, %v; want %+v", got, err, want)
	}
}

func TestCPU(t *testing.T) {
	t.Parallel()

	got, err := tree("1234/stat", pidful).CPU(1234)
	if want := 3750 * time.Millisecond; err != nil || got != want {
		t.Errorf("processor time is %s, %v; want %s", got, err, want)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()

	got, err := tree("loadavg", "0.34 1.06 12.08 1/89 28339\n").Load()
	if want := (procfs.Load{One: 0.34, Five: 1.06, Fifteen: 12.08}); err != nil || got != want {
		t.Errorf("load is %+v, %v; want %+v", got, err, want)
	}

	if got.String() != "0.34 1.06 12.08" {
		t.Errorf("load prints as %q", got)
	}
}

func TestBusyLeavesIdleAndStolenTimeOut(t *testing.T) {
	t.Parallel()

	got, err := tree("stat", cpus).Busy()
	if want := 1630 * time.Millisecond; err != nil || got != want {
		t.Errorf("busy time is %s, %v; want %s", got, err, want)
	}
}

func TestFamilyIsAllThatWasStarted(t *testing.T) {
	t.Parallel()

	files := fstest.MapFS{"loadavg": {}, "7/status": {}}
	for pid, parent := range map[string]string{"1": "0", "2": "1", "3": "2", "4": "1", "5": "3", "60": "5"} {
		files[pid+"/stat"] = &fstest.MapFile{Data: []byte(pid + " (a) b) S " + parent + " 1 1 0 -1 1 1 0 0 0 1 2 0 0")}
	}

	machine := procfs.New(files)

	family, err := machine.Family(2)
	if err != nil || !slices.Equal(family, []int{2, 3, 5, 60}) {
		t.Errorf("the family is %v, %v", family, err)
	}

	if used, err := machine.CPU(family...); err != nil || used != 4*30*time.Millisecond {
		t.Errorf("it has used %s, %v", used, err)
	}
}

func TestWhatIsNotUnderstoodIsAnError(t *testing.T) {
	t.Parallel()

	memory := func(p procfs.FS) error { _, err := p.Memory(1); return err }
	cpu := func(p procfs.FS) error { _, err := p.CPU(1); return err }
	load := func(p procfs.FS) error { _, err := p.Load(); return err }
	busy := func(p procfs.FS) error { _, err := p.Busy(); return err }

	for _, c := range []struct {
		name, file, content string
		read                func(procfs.FS) error
	}{
		{"status of a kernel thread", "1/status", "Name:\tkthreadd\n", memory},
		{"status in another unit", "1/status", "VmHWM: 1 MB\nVmRSS: 1 MB\nRssFile: 1 kB\n", memory},
		{"status without a number", "1/status", "VmHWM: x kB\nVmRSS: 1 kB\nRssFile: 1 kB\n", memory},
		{"status beyond reason", "1/status", "VmHWM: 1 kB\nVmRSS: 9223372036854775807 kB\nRssFile: 1 kB\n", memory},
		{"negative status", "1/status", "VmHWM: 1 kB\nVmRSS: -1 kB\nRssFile: 1 kB\n", memory},
		{"empty stat of a process", "1/stat", "", cpu},
		{"short stat of a process", "1/stat", "1 (x) S 1 2 3", cpu},
		{"stat of a process without numbers", "1/stat", "1 (x) S 1 1 1 0 -1 1 1 0 0 0 a b 7 8", cpu},
		{"empty load", "loadavg", "", load},
		{"short load", "loadavg", "1.0 2.0", load},
		{"load without numbers", "loadavg", "a b c", load},
		{"empty stat", "stat", "", busy},
		{"stat that begins otherwise", "stat", "intr 1 2 3 4 5 6 7 8 9\n", busy},
		{"stat without numbers", "stat", "cpu a b c d e f g h\n", busy},
		{"no file at all", "else", "", busy},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()

			if err := c.read(tree(c.file, c.content)); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestMissingFileIsNamed(t *testing.T) {
	t.Parallel()

	if _, err := procfs.New(fstest.MapFS{}).Memory(1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
}

func TestThisMachine(t *testing.T) {
	t.Parallel()

	if runtime.GOOS != "linux" {
		t.Skip("needs Linux's /proc")
	}

	machine, self := procfs.Machine(), os.Getpid()

	memory, err := machine.Memory(self)
	if err != nil || memory.Resident < 1<<20 || memory.Peak < memory.Resident {
		t.Errorf("memory of this process is %+v, %v", memory, err)
	}

	if used, err := machine.CPU(self); err != nil || used < 0 {
		t.Errorf("processor time of this process is %s, %v", used, err)
	}

	if busy, err := machine.Busy(); err != nil || busy <= 0 {
		t.Errorf("the machine has been busy for %s, %v", busy, err)
	}

	if _, err := machine.Load(); err != nil {
		t.Error(err)
	}
}

func FuzzFiles(f *testing.F) {
	f.Add(status)
	f.Add(pidful)
	f.Add(cpus)
	f.Add("VmRSS:")
	f.Add("1 (x")

	f.Fuzz(func(t *testing.T, content string) {
		file := &fstest.MapFile{Data: []byte(content)}
		machine := procfs.New(fstest.MapFS{"1/status": file, "1/stat": file, "stat": file, "loadavg": file})

		if memory, err := machine.Memory(1); err == nil && min(memory.Resident, memory.Peak, memory.File) < 0 {
			t.Errorf("memory is %+v", memory)
		}

		if used, _ := machine.CPU(1); used < 0 {
			t.Errorf("processor time is %s", used)
		}

		if busy, _ := machine.Busy(); busy < 0 {
			t.Errorf("busy time is %s", busy)
		}

		_, _ = machine.Load()
	})
}
