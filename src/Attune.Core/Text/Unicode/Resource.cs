namespace Attune.Text.Unicode;

/// <summary>Tables of Unicode's that are embedded as text, one entry a line.</summary>
internal static class Resource
{
    /// <summary>The lines of a table, without comments, each cut at its spaces.</summary>
    public static IEnumerable<string[]> Lines(string name)
    {
        using Stream stream = typeof(Resource).Assembly.GetManifestResourceStream("Attune.Text.Unicode." + name)
            ?? throw new InvalidOperationException(name + " is not embedded");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (!line.StartsWith('#'))
            {
                yield return line.Split(' ');
            }
        }
    }
}
