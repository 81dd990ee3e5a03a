package wire

import "unsafe"

// TextSize is about how many bytes of memory an optional text holds beside the
// pointer to it.
func TextSize(text *string) int {
	if text == nil {
		return 0
	}

	return int(unsafe.Sizeof(*text)) + len(*text)
}
