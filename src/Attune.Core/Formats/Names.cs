using System.Text;

namespace Attune.Formats;

/// <summary>Names out of foreign files as they may stand in messages: without control characters, not without end.</summary>
internal static class Names
{
    private const int Longest = 80;

    /// <summary>The name in quotes.</summary>
    public static string Quote(string name) => $"\"{Plain(name)}\"";

    /// <summary>The name without quotes.</summary>
    public static string Plain(string name)
    {
        var text = new StringBuilder();
        foreach (char letter in name.AsSpan(0, Math.Min(name.Length, Longest)))
        {
            text.Append(char.IsControl(letter) || char.IsSurrogate(letter) ? $"\\u{(int)letter:x4}" : letter.ToString());
        }

        return text.Append(name.Length > Longest ? "…" : "").ToString();
    }
}
