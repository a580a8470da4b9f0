namespace Attune.House;

/// <summary>docs/architecture.md is the tree, no more and no less.</summary>
public sealed class ArchitectureMapTests
{
    // What tools and runs leave behind; none of it is part of the repository.
    private static readonly HashSet<string> Left = [".git", ".vs", ".idea", ".vscode", "artifacts", "runs", "bin", "obj", "TestResults"];

    [Fact]
    public void Every_folder_of_the_sources_is_on_the_map() =>
        Assert.Equal(SourceFile.All.Where(file => file.Room.Length > 0).Select(file => file.RoomPath).Distinct().Order(), ArchitectureMap.Floors.Select(row => row.Folder).Order());

    [Fact]
    public void Floors_are_in_order() => Assert.Equal(ArchitectureMap.Floors.Select(row => row.Floor).Order(), ArchitectureMap.Floors.Select(row => row.Floor));

    [Fact]
    public void Every_other_folder_is_on_the_map() =>
        Assert.Equal(Directory.EnumerateDirectories(TestPaths.Root).Select(path => Path.GetFileName(path)!).Where(name => !Left.Contains(name)).Order(), ArchitectureMap.Roots.Order());
}
