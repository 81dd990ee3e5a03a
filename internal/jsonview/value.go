package jsonview

import (
	"bytes"
	"encoding"
	"encoding/json"
	"reflect"
	"strconv"

	"storefront/internal/wire"
)

// writer appends a value of the type that it was made for. The value can be
// addressed, as all parts of what a pointer leads to can: what is asked of its
// address costs no copy.
type writer func(dst []byte, v reflect.Value) ([]byte, error)

// appender is a type that appends what its MarshalJSON returns.
type appender interface {
	json.Marshaler
	AppendJSON(dst []byte) ([]byte, error)
}

// types are those that a writer is being made for. One that contains itself is
// left to encoding/json.
type types map[reflect.Type]bool

// writer makes the writer of a type.
func (seen types) writer(t reflect.Type) writer {
	if t.Kind() == reflect.Pointer {
		return seen.pointer(t)
	}

	if write := special(t); write != nil {
		return write
	}

	if seen[t] {
		return writeStandard
	}

	seen[t] = true
	defer delete(seen, t)

	switch t.Kind() {
	case reflect.String:
		return writeText
	case reflect.Bool:
		return writeBool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return writeInt
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return writeUint
	case reflect.Slice:
		return seen.slice(t)
	case reflect.Struct:
		return seen.object(t)
	default:
		return writeStandard
	}
}

// special is the writer of a type that has a form of its own, nil for others.
// Those of package wire are named, which saves looking for their methods.
func special(t reflect.Type) writer {
	address := reflect.PointerTo(t)

	switch {
	case t == reflect.TypeFor[wire.ID]():
		return writeA[wire.ID]
	case t == reflect.TypeFor[wire.Number]():
		return writeA[wire.Number]
	case t == reflect.TypeFor[wire.TextMap]():
		return writeA[wire.TextMap]
	case address.Implements(reflect.TypeFor[appender]()):
		return writeItself
	case t == reflect.TypeFor[json.Number](),
		address.Implements(reflect.TypeFor[json.Marshaler]()),
		address.Implements(reflect.TypeFor[encoding.TextMarshaler]()):
		return writeStandard
	default:
		return nil
	}
}

// writeA is writeItself for a type that is known by name.
func writeA[T appender](dst []byte, v reflect.Value) ([]byte, error) {
	self, _ := reflect.TypeAssert[*T](v.Addr())

	return (*self).AppendJSON(dst)
}

func writeItself(dst []byte, v reflect.Value) ([]byte, error) {
	self, _ := reflect.TypeAssert[appender](v.Addr())

	return self.AppendJSON(dst)
}

// writeStandard has encoding/json write the value.
func writeStandard(dst []byte, v reflect.Value) ([]byte, error) {
	out := bytes.NewBuffer(dst)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)

	if err := encoder.Encode(v.Addr().Interface()); err != nil {
		return nil, err //nolint:wrapcheck // It says where it comes from.
	}

	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

func writeText(dst []byte, v reflect.Value) ([]byte, error) {
	return wire.AppendText(dst, v.String()), nil
}

func writeBool(dst []byte, v reflect.Value) ([]byte, error) {
	return strconv.AppendBool(dst, v.Bool()), nil
}

// decimal is how numbers are written.
const decimal = 10

func writeInt(dst []byte, v reflect.Value) ([]byte, error) {
	return strconv.AppendInt(dst, v.Int(), decimal), nil
}

func writeUint(dst []byte, v reflect.Value) ([]byte, error) {
	return strconv.AppendUint(dst, v.Uint(), decimal), nil
}
