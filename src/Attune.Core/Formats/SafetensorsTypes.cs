using System.Text.Json;

namespace Attune.Formats;

/// <summary>How safetensors spells <see cref="ElementType"/>. The types of 4 and 6 bits are left out: nothing here computes with them.</summary>
internal static class SafetensorsTypes
{
    // In the order in which the reference writes them.
    private static readonly (string Name, ElementType Type)[] All =
    [
        ("U64", ElementType.U64), ("I64", ElementType.I64), ("F64", ElementType.F64), ("C64", ElementType.C64), ("F32", ElementType.F32),
        ("U32", ElementType.U32), ("I32", ElementType.I32), ("BF16", ElementType.BF16), ("F16", ElementType.F16), ("U16", ElementType.U16),
        ("I16", ElementType.I16), ("F8_E5M2FNUZ", ElementType.F8E5M2Fnuz), ("F8_E4M3FNUZ", ElementType.F8E4M3Fnuz),
        ("F8_E8M0", ElementType.F8E8M0), ("F8_E4M3", ElementType.F8E4M3), ("F8_E5M2", ElementType.F8E5M2), ("I8", ElementType.I8),
        ("U8", ElementType.U8), ("BOOL", ElementType.Bool),
    ];

    /// <summary>The type that the reader's current string names, or null; allocates nothing.</summary>
    public static ElementType? Parse(ref Utf8JsonReader reader)
    {
        foreach (var (name, type) in All)
        {
            if (reader.ValueTextEquals(name))
            {
                return type;
            }
        }

        return null;
    }

    public static string Name(ElementType type) => All[Order(type)].Name;

    /// <summary>Where the type stands in a file: larger elements first, so that every tensor is aligned.</summary>
    public static int Order(ElementType type) => Array.FindIndex(All, entry => entry.Type == type);
}
