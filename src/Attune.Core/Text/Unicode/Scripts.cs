using System.Globalization;

namespace Attune.Text.Unicode;

/// <summary>The script of each code point.</summary>
internal static class Scripts
{
    private static readonly Lazy<(int First, int Last, string Script)[]> Runs = new(() => Resource.Lines("scripts.txt")
        .Select(line => (Hex(line[0]), Hex(line[1]), string.Intern(line[2]))).ToArray());

    /// <summary>The script's name (<c>Han</c>, <c>Old_Italic</c>), or null where a code point has none.</summary>
    public static string? Of(int codePoint)
    {
        (int First, int Last, string Script)[] runs = Runs.Value;
        int low = 0;
        int high = runs.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            if (codePoint < runs[middle].First)
            {
                high = middle - 1;
            }
            else if (codePoint > runs[middle].Last)
            {
                low = middle + 1;
            }
            else
            {
                return runs[middle].Script;
            }
        }

        return null;
    }

    /// <summary>The script that is so named, whatever the case and the separators; null where there is none.</summary>
    public static string? Named(string name) => Runs.Value.Select(run => run.Script)
        .FirstOrDefault(script => string.Equals(Bare(script), Bare(name), StringComparison.OrdinalIgnoreCase));

    private static string Bare(string name) => name.Replace("_", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
