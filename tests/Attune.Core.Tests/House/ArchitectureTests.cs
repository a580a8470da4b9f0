using System.Text.RegularExpressions;

namespace Attune.House;

/// <summary>Dependencies run downwards only (docs/architecture.md): a file may use what stands below its own folder, nothing beside or above it.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, int> FloorOf = ArchitectureMap.Floors
        .Select(row => (Room: row.Folder.Split('/') is ["src", _, var folder] ? folder : "Cli", row.Floor)).Distinct().ToDictionary(row => row.Room, row => row.Floor);

    private static readonly Dictionary<string, HashSet<string>> TypesOf = SourceFile.All.GroupBy(file => file.Room).ToDictionary(group => group.Key, group => group
        .SelectMany(file => Regex.Matches(file.Code, @"\b(?:class|struct|record|interface|enum)\s+(\w+)").Select(found => found.Groups[1].Value)).ToHashSet());

    [Fact]
    public void A_files_namespace_is_its_folder()
    {
        var strays = SourceFile.All.Where(file =>
        {
            string own = Regex.Match(file.Code, @"^\s*namespace\s+([\w.]+)", RegexOptions.Multiline).Groups[1].Value;
            string wanted = file.Project == "Attune.Cli" ? "Attune.Cli" : file.Folder.Length == 0 ? "Attune" : "Attune." + file.Folder;
            return own.Length > 0 && own != wanted && !own.StartsWith(wanted + ".", StringComparison.Ordinal);
        });
        Assert.Equal("", string.Join('\n', strays.Select(file => file.Path)));
    }

    [Fact]
    public void Nothing_refers_upwards_or_sideways()
    {
        var wrong = SourceFile.All.SelectMany(file => References(file).Where(room => !MayUse(file.Room, room)).Select(room => $"{file} refers to {room}"));
        Assert.Equal("", string.Join('\n', wrong));
    }

    [Theory]
    [InlineData("Nn", "Models")]
    [InlineData("Models", "Tuning")]
    [InlineData("Tuning", "Models")]
    [InlineData("Objectives", "Tuning")]
    [InlineData("Formats", "Cli")]
    public void The_rule_forbids_these(string from, string to) => Assert.False(MayUse(from, to));

    [Theory]
    [InlineData("src/Attune/Models/Llama.cs", "Nn")]
    [InlineData("src/Attune/Models/Llama.cs", "Formats")]
    [InlineData("src/Attune.Cli/Verbs/VerifyVerb.cs", "Verification")]
    public void References_are_seen(string path, string room) => Assert.Contains(room, References(SourceFile.All.Single(file => file.Path == path)));

    private static bool MayUse(string from, string to) =>
        from == to || (FloorOf.TryGetValue(from, out int own) ? FloorOf.TryGetValue(to, out int other) && other < own : to.Length == 0);

    /// <summary>By using, by full name, or by a name relative to the namespace Attune, such as <c>Formats.SafePath</c>.</summary>
    private static IEnumerable<string> References(SourceFile file)
    {
        var full = Regex.Matches(file.Code, @"\bAttune\.(\w+)").Select(found => found.Groups[1].Value).Where(FloorOf.ContainsKey);
        var relative = Regex.Matches(file.Code, @"(?<![\w.])(\w+)\.(\w+)")
            .Select(found => (Room: found.Groups[1].Value, Type: found.Groups[2].Value))
            .Where(name => TypesOf.TryGetValue(name.Room, out var types) && types.Contains(name.Type) && !HasOwn(file, name.Room))
            .Select(name => name.Room);
        return full.Concat(relative).Distinct();
    }

    /// <summary>Whether the file's folder has a namespace of that name within it, which then is what the name means (Text.Models).</summary>
    private static bool HasOwn(SourceFile file, string room) =>
        Directory.Exists(Path.Combine(TestPaths.Root, "src", file.Project, file.Folder, room));
}
