namespace Attune.Formats;

public sealed class AtomicFileTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("attune-").FullName;

    private string Target => Path.Combine(root, "file.txt");

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void Writes_and_replaces()
    {
        AtomicFile.WriteAllText(Target, "old é");
        AtomicFile.WriteAllText(Target, "new");
        Assert.Equal("new"u8.ToArray(), File.ReadAllBytes(Target));
        Assert.Equal([Target], Directory.GetFileSystemEntries(root));
    }

    [Fact]
    public void A_failure_leaves_the_old_file_and_nothing_else()
    {
        AtomicFile.WriteAllText(Target, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.Write("half"u8);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(Target));
        Assert.Equal([Target], Directory.GetFileSystemEntries(root));
    }

    [Fact]
    public void A_full_disk_is_told_with_the_bytes_needed_and_free()
    {
        var exception = Assert.Throws<AttuneException>(() => AtomicFile.Write(Target, stream =>
        {
            stream.Write(new byte[1000]);
            throw new IOException("No space left on device : '/x.tmp'");
        }));
        Assert.Equal(ExitCode.Disk, exception.ExitCode);
        Assert.Equal(Target, exception.Place);
        Assert.Matches(@"No space left on device \(it needs more than 1000 bytes, \d+ bytes are free\)", exception.Message);
        Assert.Empty(Directory.GetFileSystemEntries(root));
    }

    [Fact]
    public void What_cannot_fit_is_refused_before_it_is_written()
    {
        bool began = false;
        var exception = Assert.Throws<AttuneException>(() => AtomicFile.Write(Target, _ => began = true, length: long.MaxValue / 2));
        Assert.Equal(ExitCode.Disk, exception.ExitCode);
        Assert.False(began);
        Assert.Empty(Directory.GetFileSystemEntries(root));
    }

    [Fact]
    public void A_folder_that_is_absent_is_told()
    {
        var exception = Assert.Throws<AttuneException>(() => AtomicFile.WriteAllText(Path.Combine(root, "no", "file"), ""));
        Assert.Equal(ExitCode.Disk, exception.ExitCode);
    }

    [Fact]
    public void A_mapped_file_keeps_its_content()
    {
        AtomicFile.WriteAllText(Target, "old");
        using var mapped = MappedFile.Open(Target);
        AtomicFile.WriteAllText(Target, "new and longer");
        Assert.Equal("old"u8.ToArray(), mapped.Head().ToArray());
    }

    [Fact]
    public void A_link_at_the_temporary_name_is_not_followed()
    {
        string victim = Path.Combine(root, "victim");
        File.WriteAllText(victim, "untouched");
        File.CreateSymbolicLink(Target + ".tmp", victim);
        AtomicFile.WriteAllText(Target, "new");
        Assert.Equal("untouched", File.ReadAllText(victim));
        Assert.Null(new FileInfo(Target).LinkTarget);
    }
}
