using System.Collections;
using System.Globalization;

namespace Attune.Text.Unicode;

/// <summary>
/// Classes of code points as the tokenizers library has them. It takes them from tables of several versions of Unicode, so that a character
/// may be unknown to it that .NET knows; a model saw in training what the library made of it.
/// </summary>
internal sealed class CodePointClass
{
    private readonly Lazy<BitArray> members;

    private CodePointClass(string name) => members = new Lazy<BitArray>(() => Load(name));

    /// <summary>What <c>StripAccents</c> drops.</summary>
    public static CodePointClass Mark { get; } = new("mark");

    /// <summary>What <c>BertNormalizer</c> drops as accents.</summary>
    public static CodePointClass NonSpacing { get; } = new("nonspacing");

    /// <summary>What <c>BertNormalizer</c> drops when it cleans a text.</summary>
    public static CodePointClass Dropped { get; } = new("dropped");

    /// <summary>What <c>Punctuation</c> and <c>BertPreTokenizer</c> cut off.</summary>
    public static CodePointClass Punctuation { get; } = new("punctuation");

    /// <summary>What has no script for <c>UnicodeScripts</c>, but has one in the table of scripts here.</summary>
    public static CodePointClass Unscripted { get; } = new("unscripted");

    /// <summary>Whether a code point is of the class.</summary>
    public bool Contains(int codePoint) => members.Value[codePoint];

    private static BitArray Load(string name)
    {
        var members = new BitArray(0x110000);
        foreach (string[] fields in Resource.Lines("classes.txt").Where(fields => fields[0] == name))
        {
            int last = Hex(fields[2]);
            for (int codePoint = Hex(fields[1]); codePoint <= last; codePoint++)
            {
                members[codePoint] = true;
            }
        }

        return members;
    }

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
